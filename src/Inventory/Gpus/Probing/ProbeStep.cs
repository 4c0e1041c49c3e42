namespace ProviderAgent.Inventory;

/// <summary>What the probing thread is in the middle of, for a watcher on another thread.</summary>
internal sealed class ProbeStep(TimeProvider time)
{
    private volatile string? _call;
    private volatile string _device = "";
    private long _since;

    /// <summary>The device that the following calls are about; empty for none.</summary>
    public string Device
    {
        set => _device = value;
    }

    public void Enter(string call)
    {
        Volatile.Write(ref _since, time.GetTimestamp());
        _call = call;
    }

    public void Leave() => _call = null;

    /// <summary>The call that has not returned for this long; null when there is none.</summary>
    /// <param name="longerThan">Shorter ones are not told.</param>
    /// <param name="since">When it began, to tell one call from the next.</param>
    public string? Overdue(TimeSpan longerThan, out long since)
    {
        since = Volatile.Read(ref _since);
        return _call is { } call && time.GetElapsedTime(since) >= longerThan ? (_device.Length == 0 ? call : $"{call} of {_device}") : null;
    }
}
