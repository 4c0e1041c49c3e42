using System.Threading.Channels;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Repeats an act on a timer and when woken. A wake-up only says "look again", so it may be doubled or come while the act runs.</summary>
internal sealed class Pulse(TimeProvider time)
{
    // From one step of an act to the next. A step may ask the market, each endpoint of which may take its whole deadline, several times.
    private static readonly TimeSpan StepAllowance = TimeSpan.FromMinutes(10);

    private readonly Channel<byte> _wake = Channel.CreateBounded<byte>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Whether the act comes round. A long act reports <see cref="LoopWatch.Progress"/> at each of its steps.</summary>
    public LoopWatch Watch { get; } = new(time, StepAllowance);

    public void Wake() => _wake.Writer.TryWrite(0);

    /// <summary>Runs until cancelled or until the act throws.</summary>
    public async Task RunAsync(bool atOnce, Func<TimeSpan> interval, Func<CancellationToken, Task> act, CancellationToken ct)
    {
        if (atOnce) await TurnAsync(act, ct);
        while (true)
        {
            await WaitAsync(interval(), ct);
            await TurnAsync(act, ct);
        }
    }

    private Task TurnAsync(Func<CancellationToken, Task> act, CancellationToken ct)
    {
        Watch.Working();
        return act(ct);
    }

    private async Task WaitAsync(TimeSpan interval, CancellationToken ct)
    {
        Watch.Turned(interval);
        using var rest = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var tick = Task.Delay(interval, time, rest.Token);
        var woken = _wake.Reader.WaitToReadAsync(rest.Token).AsTask();
        await Task.WhenAny(tick, woken);
        _wake.Reader.TryRead(out _);
        await rest.CancelAsync();
        ct.ThrowIfCancellationRequested();
    }
}
