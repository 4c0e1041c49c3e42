using System.Threading.Channels;

namespace ProviderAgent.Workloads;

/// <summary>Says "look again" to a loop that looks on a timer anyway. A word may be lost while another waits: one look serves both.</summary>
/// <typeparam name="T">Why it is woken.</typeparam>
internal sealed class WakeSignal<T>(TimeProvider time)
{
    private readonly Channel<T> _wake = Channel.CreateBounded<T>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Never waits.</summary>
    public void Wake(T why) => _wake.Writer.TryWrite(why);

    /// <summary>Waits for a word, or for the pause to end.</summary>
    /// <param name="pause">Longest wait.</param>
    /// <param name="onTimer">What is returned when nobody woke it.</param>
    /// <param name="ct">Ends the waiting.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public async Task<T> WaitAsync(TimeSpan pause, T onTimer, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(pause, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            return await _wake.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return onTimer;
        }
    }
}
