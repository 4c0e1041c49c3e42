namespace ProviderAgent.Marketplace;

/// <summary>Knows whether a loop still turns. A loop that has not turned for several of its own periods is stuck, and only a restart helps.</summary>
/// <remarks>
/// Time in which it waits for the market does not count: a restart would not bring the market back. Safe to use concurrently; a loop that
/// was not started yet counts as waiting for work.
/// </remarks>
/// <param name="time">Clock; only its monotonic side is used.</param>
/// <param name="allowance">How long one turn may take by itself, with every deadline in it run out.</param>
public sealed class LoopWatch(TimeProvider time, TimeSpan allowance)
{
    private const int PeriodsUntilStuck = 3;

    private readonly Lock _gate = new();
    private long _since;
    private TimeSpan? _limit; // null while it waits for work
    private int _waits;

    /// <summary>How long the loop has been stuck; null while it is alive.</summary>
    public TimeSpan? Stuck
    {
        get
        {
            lock (_gate) return _waits == 0 && _limit is { } limit && time.GetElapsedTime(_since) is var age && age > limit ? age : null;
        }
    }

    /// <summary>A turn begins.</summary>
    public void Working() => Mark(allowance);

    /// <summary>A long turn has come a step further: the allowance begins anew.</summary>
    public void Progress()
    {
        lock (_gate) _since = time.GetTimestamp();
    }

    /// <summary>A turn is done; the next one begins after <paramref name="period"/> at the latest.</summary>
    public void Turned(TimeSpan period) => Mark((PeriodsUntilStuck * period) + allowance);

    /// <summary>There is nothing to do; it may stay so for any time.</summary>
    public void Idle() => Mark(null);

    /// <summary>Waits for somebody outside, however long it takes them.</summary>
    public async Task<T> OutsideAsync<T>(Func<Task<T>> wait)
    {
        lock (_gate) _waits++;
        try
        {
            return await wait().ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                _waits--;
                _since = time.GetTimestamp();
            }
        }
    }

    /// <inheritdoc cref="OutsideAsync{T}(Func{Task{T}})"/>
    public Task OutsideAsync(Func<Task> wait) => OutsideAsync(async () =>
    {
        await wait().ConfigureAwait(false);
        return true;
    });

    private void Mark(TimeSpan? limit)
    {
        lock (_gate) (_since, _limit) = (time.GetTimestamp(), limit);
    }
}
