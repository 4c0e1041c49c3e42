namespace ProviderAgent.Workloads;

/// <summary>A pull's place among those that may run at the same time. It is given up at the end, and before that when nothing comes for a while or it has lasted long.</summary>
internal sealed class LanePlace : IDisposable
{
    private readonly SemaphoreSlim _lane;
    private readonly TimeSpan _stall;
    private readonly ITimer _stalled;
    private readonly ITimer _lasted;
    private int _given;

    /// <param name="lane">Taken already; released once.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stall">Longest wait for the next progress.</param>
    /// <param name="longest">Longest time in all.</param>
    public LanePlace(SemaphoreSlim lane, TimeProvider time, TimeSpan stall, TimeSpan longest)
    {
        (_lane, _stall) = (lane, stall);
        _stalled = time.CreateTimer(static state => ((LanePlace?)state)?.Give(), this, stall, Timeout.InfiniteTimeSpan);
        _lasted = time.CreateTimer(static state => ((LanePlace?)state)?.Give(), this, longest, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Something came.</summary>
    public void Progressed() => _stalled.Change(_stall, Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        _stalled.Dispose();
        _lasted.Dispose();
        Give();
    }

    private void Give()
    {
        if (Interlocked.Exchange(ref _given, 1) != 0) return;
        try
        {
            _lane.Release();
        }
        catch (ObjectDisposedException)
        {
            // stopping: nobody waits any more
        }
    }
}
