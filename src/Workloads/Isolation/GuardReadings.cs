using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>What the firewall has counted of each lease, and the signals that followed from it.</summary>
internal sealed class GuardReadings(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Dictionary<GuardTally, long>> _previous = new(StringComparer.Ordinal);
    private readonly Dictionary<LeaseId, Dictionary<GuardTally, long>> _totals = [];
    private readonly Dictionary<LeaseId, Dictionary<TenantSignalKind, TenantSignal>> _signals = [];
    private long? _readAt;

    /// <summary>Takes a reading in.</summary>
    /// <param name="counts">As read.</param>
    /// <param name="leases">All leases of this host.</param>
    /// <param name="options">From where on something is told.</param>
    /// <returns>Signals that are new or have grown, by lease; <c>IsNews</c> for a kind that the lease had not given before.</returns>
    public IReadOnlyList<(LeaseId Lease, TenantSignal Signal, bool IsNews)> Take(IReadOnlyList<GuardCount> counts, IReadOnlyCollection<LeaseId> leases, NetworkSignalOptions options)
    {
        var now = time.GetUtcNow();
        var told = new List<(LeaseId, TenantSignal, bool)>();
        lock (_lock)
        {
            var elapsed = _readAt is { } at ? time.GetElapsedTime(at) : (TimeSpan?)null;
            _readAt = time.GetTimestamp();
            foreach (var gone in _totals.Keys.Union(_signals.Keys).Except(leases).ToArray()) Forget(gone);
            var byBridge = counts.ToLookup(count => count.Bridge);
            foreach (var lease in leases)
            {
                var bridge = WorkloadNames.Bridge(lease);
                var counted = Difference(bridge, byBridge[bridge], isFirst: elapsed is null);
                var totals = _totals.TryGetValue(lease, out var known) ? known : _totals[lease] = [];
                foreach (var (tally, count) in counted) totals[tally] = totals.GetValueOrDefault(tally) + count;
                if (elapsed is not { } over) continue;
                foreach (var (kind, count) in TenantSignalRules.Judge(counted, over, options)) told.Add(Tell(lease, kind, count, now));
            }
        }

        return told;
    }

    /// <summary>Puts back what an earlier run had told.</summary>
    public void Restore(LeaseId lease, TenantSignal signal)
    {
        lock (_lock) (_signals.TryGetValue(lease, out var known) ? known : _signals[lease] = []).TryAdd(signal.Kind, signal);
    }

    /// <summary>What a lease has given reason for, the first first.</summary>
    public ValueList<TenantSignal> Of(LeaseId lease)
    {
        lock (_lock) return _signals.TryGetValue(lease, out var signals) ? signals.Values.OrderBy(signal => signal.FirstSeenAt).ToValueList() : [];
    }

    /// <summary>All that was counted since this process began, by lease.</summary>
    public IReadOnlyList<(LeaseId Lease, GuardTally Tally, long Count)> Totals()
    {
        lock (_lock) return [.. _totals.SelectMany(lease => lease.Value.Select(total => (lease.Key, total.Key, total.Value)))];
    }

    /// <summary>All signals, by lease.</summary>
    public IReadOnlyList<(LeaseId Lease, TenantSignal Signal)> Signals()
    {
        lock (_lock) return [.. _signals.SelectMany(lease => lease.Value.Values.Select(signal => (lease.Key, signal)))];
    }

    private (LeaseId, TenantSignal, bool) Tell(LeaseId lease, TenantSignalKind kind, long count, DateTimeOffset now)
    {
        var signals = _signals.TryGetValue(lease, out var known) ? known : _signals[lease] = [];
        var isNews = !signals.TryGetValue(kind, out var before);
        var total = count + (before?.Count ?? 0);
        var signal = signals[kind] = TenantSignal.Of(kind, before?.FirstSeenAt ?? now, now, total);
        return (lease, signal, isNews);
    }

    /// <summary>What was counted since the last reading. A counter that fell was loaded anew; what an earlier process saw is not counted again.</summary>
    private Dictionary<GuardTally, long> Difference(string bridge, IEnumerable<GuardCount> counts, bool isFirst)
    {
        var before = _previous.GetValueOrDefault(bridge);
        var now = counts.GroupBy(count => count.Tally).ToDictionary(group => group.Key, group => group.Sum(count => count.Count));
        _previous[bridge] = now;
        if (isFirst) return [];
        return now
            .Select(count => (count.Key, Count: before?.GetValueOrDefault(count.Key) is { } earlier && earlier <= count.Value ? count.Value - earlier : count.Value))
            .Where(count => count.Count > 0)
            .ToDictionary(count => count.Key, count => count.Count);
    }

    private void Forget(LeaseId lease)
    {
        _totals.Remove(lease);
        _signals.Remove(lease);
        _previous.Remove(WorkloadNames.Bridge(lease));
    }
}
