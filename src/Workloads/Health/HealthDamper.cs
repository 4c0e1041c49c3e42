using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>A replica's health that has changed.</summary>
/// <param name="Lease">Whose.</param>
/// <param name="Container">With the health that it has now.</param>
/// <param name="Before">What it was; null when this is the first that is heard of it.</param>
internal sealed record HealthChange(LeaseId Lease, ActualContainer Container, HealthVerdict? Before);

/// <summary>
/// Takes in what health checks say, a lease's flapping only so often: each change moves traffic, and a change of routes keeps processes of the proxy.
/// A container may become healthy or unhealthy after its start as it likes; of what follows, a lease has ten changes and one more every five minutes.
/// </summary>
internal sealed class HealthDamper(TimeProvider time)
{
    private const int Burst = 10;
    private static readonly TimeSpan Refill = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Belief> _beliefs = new(StringComparer.Ordinal);
    private readonly Dictionary<LeaseId, Bucket> _buckets = [];

    /// <summary>What to go by.</summary>
    /// <param name="actual">As the engine says.</param>
    /// <returns>The same, where a lease flaps too much with the health that its containers had before; and what has changed.</returns>
    public (IReadOnlyDictionary<LeaseId, ActualLease> Leases, IReadOnlyList<HealthChange> Changes) Take(IReadOnlyDictionary<LeaseId, ActualLease> actual)
    {
        lock (_lock)
        {
            var present = actual.Values.SelectMany(lease => lease.Containers).Where(container => container.Health is not null).Select(container => container.Id).ToHashSet(StringComparer.Ordinal);
            foreach (var gone in _beliefs.Keys.Where(id => !present.Contains(id)).ToArray()) _beliefs.Remove(gone);
            foreach (var gone in _buckets.Keys.Where(lease => !actual.ContainsKey(lease)).ToArray()) _buckets.Remove(gone);
            if (present.Count == 0) return (actual, []);
            var changes = new List<HealthChange>();
            return (actual.ToDictionary(lease => lease.Key, lease => Take(lease.Value, changes)), changes);
        }
    }

    private ActualLease Take(ActualLease lease, List<HealthChange> changes) => lease.Containers.All(container => container.Health is null)
        ? lease
        : lease with { Containers = lease.Containers.Select(container => Take(lease.Lease, container, changes)).ToValueList() };

    private ActualContainer Take(LeaseId lease, ActualContainer container, List<HealthChange> changes)
    {
        if (container.Health is not { } health || container.Condition != ContainerCondition.Running) return container;
        var isKnown = _beliefs.TryGetValue(container.Id, out var belief) && belief.StartedAt == container.StartedAt;
        if (isKnown && belief!.Health.Status == health.Status)
        {
            _beliefs[container.Id] = belief with { Health = health };
            return container;
        }

        // The first word on a run, and the end of its start, come once each.
        var isFlap = isKnown && belief!.Health.Status != HealthVerdict.Starting;
        if (isFlap && !TryTakeToken(lease)) return container with { Health = belief!.Health };
        _beliefs[container.Id] = new(container.StartedAt, health);
        changes.Add(new(lease, container, isKnown ? belief!.Health.Status : null));
        return container;
    }

    private bool TryTakeToken(LeaseId lease)
    {
        var now = time.GetTimestamp();
        var bucket = _buckets.TryGetValue(lease, out var known) ? known : new Bucket(Burst, now);
        var tokens = Math.Min(Burst, bucket.Tokens + (time.GetElapsedTime(bucket.At, now) / Refill));
        _buckets[lease] = new(tokens >= 1 ? tokens - 1 : tokens, now);
        return tokens >= 1;
    }

    private sealed record Belief(DateTimeOffset? StartedAt, ContainerHealth Health);

    private sealed record Bucket(double Tokens, long At);
}
