namespace ProviderAgent.Docker;

/// <summary>A limit on one outside call, joined with the caller's own token. It tells the two apart afterwards.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly ITimer _timer;
    private volatile bool _passed;

    public Deadline(TimeProvider time, TimeSpan limit, CancellationToken caller)
    {
        Limit = limit;
        _source = CancellationTokenSource.CreateLinkedTokenSource(caller);
        _timer = time.CreateTimer(static state => ((Deadline?)state)?.Pass(), this, limit, Timeout.InfiniteTimeSpan);
    }

    public TimeSpan Limit { get; }

    /// <summary>Cancelled when the limit has passed or the caller gave up.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>True once the limit has passed.</summary>
    public bool Passed => _passed;

    /// <summary>The full limit counts again from now. Used where progress, not duration, is what is limited.</summary>
    public void Restart() => _timer.Change(Limit, Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        _timer.Dispose();
        _source.Dispose();
    }

    private void Pass()
    {
        _passed = true;
        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The call ended while the timer fired.
        }
    }
}
