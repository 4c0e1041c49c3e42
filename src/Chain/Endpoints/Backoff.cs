namespace ProviderAgent.Chain.Endpoints;

/// <summary>Waiting times between attempts: doubling from a quarter of a second up to a limit, each shortened at random by up to half.</summary>
internal sealed class Backoff(TimeProvider time, IJitter jitter, TimeSpan limit)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);
    private const int MaxDoublings = 16;

    private int _attempts;

    /// <summary>Attempts that failed since the last success.</summary>
    public int Attempts => _attempts;

    public void Reset() => _attempts = 0;

    /// <summary>Waits before the next attempt.</summary>
    public Task WaitAsync(CancellationToken ct)
    {
        var full = TimeSpan.FromTicks(Math.Min(limit.Ticks, First.Ticks << Math.Min(_attempts++, MaxDoublings)));
        return Task.Delay(full * (1 - (jitter.Next() / 2)), time, ct);
    }
}
