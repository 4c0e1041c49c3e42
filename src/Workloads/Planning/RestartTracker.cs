using System.Collections.Concurrent;

namespace ProviderAgent.Workloads;

/// <summary>Remembers per container how its starts went. Memory only: a restart of the daemon forgives earlier crashes.</summary>
/// <remarks>Pauses are measured on the monotonic clock from when the end was first seen, so a step of wall time moves none of them.</remarks>
internal sealed class RestartTracker(TimeProvider time)
{
    // A container that cannot be started may be a half-made one of an engine that died; a fresh one can differ.
    private const int RecreateAfterFailures = 3;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Starts that did not last, for showing to people.</summary>
    public int Restarts(string containerId) => _entries.TryGetValue(containerId, out var entry) ? entry.Restarts : 0;

    /// <summary>How its latest run ended; null when no end was seen.</summary>
    public LastExit? LastExit(string containerId) => _entries.TryGetValue(containerId, out var entry) ? entry.LastExit : null;

    /// <summary>Ends and failed starts without a healthy time between them.</summary>
    public int Failures(string containerId) => _entries.TryGetValue(containerId, out var entry) ? Math.Max(entry.Restarts, entry.FailedStarts) : 0;

    public void Started(string containerId) =>
        _entries[containerId] = Find(containerId) with { StartedAt = time.GetTimestamp(), EndSeenAt = null, FailedStarts = 0, IsExcused = false };

    public void StartFailed(string containerId)
    {
        var entry = Find(containerId);
        _entries[containerId] = entry with { FailedStarts = entry.FailedStarts + 1, EndSeenAt = time.GetTimestamp() };
    }

    /// <summary>Whether the end of its latest run, or a start that failed since, was seen, where a time is given not longer ago than that.</summary>
    public bool HasEnded(string containerId, TimeSpan? within = null) =>
        _entries.TryGetValue(containerId, out var entry) && entry.EndSeenAt is { } at && (within is null || time.GetElapsedTime(at) <= within);

    /// <summary>The latest end was not its tenant's doing: it does not count after all, and the container is started again at once.</summary>
    public void TakeBack(string containerId)
    {
        var entry = Find(containerId);
        _entries[containerId] = entry with { Restarts = Math.Max(0, entry.Restarts - (entry.EndSeenAt is null ? 0 : 1)), FailedStarts = 0, EndSeenAt = null, LastExit = null, IsExcused = true };
    }

    /// <summary>What kept containers from starting is gone: each is tried again at once.</summary>
    public void ForgiveFailedStarts()
    {
        foreach (var (container, entry) in _entries)
        {
            if (entry.FailedStarts > 0) _entries.TryUpdate(container, entry with { FailedStarts = 0, EndSeenAt = null, IsExcused = true }, entry);
        }
    }

    /// <summary>The next end is our doing: it does not count, and the container is started again at once.</summary>
    public void Excuse(string containerId) => _entries[containerId] = Find(containerId) with { IsExcused = true };

    public void Forget(string containerId) => _entries.TryRemove(containerId, out _);

    /// <summary>What to do with a container that is created or exited.</summary>
    /// <param name="container">The container.</param>
    /// <param name="now">The caller's present: read anew here it would always lie a little after it, and "at once" would never come.</param>
    public RestartVerdict Verdict(ActualContainer container, DateTimeOffset now)
    {
        var entry = Find(container.Id);
        if (container.Condition == ContainerCondition.Created)
        {
            if (entry.EndSeenAt is not { } failedAt) return new(now, Recreate: false);
            var wait = RestartPolicy.Pause(entry.FailedStarts) - time.GetElapsedTime(failedAt);
            return new(now + wait, Recreate: entry.FailedStarts % RecreateAfterFailures == 0);
        }

        if (entry is { IsExcused: true, FailedStarts: 0 }) return new(now, Recreate: false);
        if (entry.EndSeenAt is null)
        {
            var ran = entry.StartedAt is { } startedAt ? time.GetElapsedTime(startedAt) : TimeSpan.Zero;
            entry = entry with { LastExit = new(container.FinishedAt, container.ExitCode, container.OutOfMemory, container.Error), EndSeenAt = time.GetTimestamp(), Restarts = RestartPolicy.ClearsCount(ran) ? 1 : entry.Restarts + 1 };
            _entries[container.Id] = entry;
        }

        // One whose start fails stays as it ended: then it is the failures that count.
        var pause = RestartPolicy.Pause(Math.Max(entry.Restarts - 1, entry.FailedStarts)) - time.GetElapsedTime(entry.EndSeenAt ?? 0);
        return new(now + pause, Recreate: false);
    }

    private Entry Find(string containerId) => _entries.GetValueOrDefault(containerId) ?? new Entry(0, 0, null, null, IsExcused: false, null);

    private sealed record Entry(int Restarts, int FailedStarts, long? StartedAt, long? EndSeenAt, bool IsExcused, LastExit? LastExit);
}
