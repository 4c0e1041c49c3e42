using System.Threading.Channels;

namespace ProviderAgent.Bidding;

/// <summary>Repeats an act on a timer and when woken. A wake-up only says "look again", so it may be doubled or come while the act runs.</summary>
internal sealed class Pulse(TimeProvider time)
{
    private readonly Channel<byte> _wake = Channel.CreateBounded<byte>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Wake() => _wake.Writer.TryWrite(0);

    /// <summary>Runs until cancelled or until the act throws.</summary>
    public async Task RunAsync(bool atOnce, Func<TimeSpan> interval, Func<CancellationToken, Task> act, CancellationToken ct)
    {
        if (atOnce) await act(ct);
        while (true)
        {
            await WaitAsync(interval(), ct);
            await act(ct);
        }
    }

    private async Task WaitAsync(TimeSpan interval, CancellationToken ct)
    {
        using var rest = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var tick = Task.Delay(interval, time, rest.Token);
        var woken = _wake.Reader.WaitToReadAsync(rest.Token).AsTask();
        await Task.WhenAny(tick, woken);
        _wake.Reader.TryRead(out _);
        await rest.CancelAsync();
        ct.ThrowIfCancellationRequested();
    }
}
