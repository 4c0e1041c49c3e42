using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>A lease as it was when the engine was last read: for status pages, metering and logs.</summary>
/// <param name="Lease">Our record of it.</param>
/// <param name="Group">The tenant's services; null before the first manifest.</param>
/// <param name="Desired">What must run; null before the first manifest.</param>
/// <param name="Actual">What the engine holds.</param>
/// <param name="Problems">Why a service, or the lease as a whole (key empty), is not as it should be.</param>
/// <param name="Restarts">Starts of a replica (<c>web-0</c>) that did not last.</param>
public sealed record LeaseView(
    LeaseRecord Lease,
    ManifestGroup? Group,
    DesiredLease? Desired,
    ActualLease Actual,
    IReadOnlyDictionary<string, string> Problems,
    IReadOnlyDictionary<string, int> Restarts)
{
    /// <summary>How the latest run of a replica (<c>web-0</c>) ended, where an end was seen.</summary>
    public IReadOnlyDictionary<string, LastExit> LastExits { get; init; } = new Dictionary<string, LastExit>();

    /// <summary>What this host did to its replicas lately, oldest first.</summary>
    public ValueList<LeaseNote> Notes { get; init; }

    /// <summary>What its traffic looks like to the operator; nothing is closed because of it.</summary>
    public ValueList<TenantSignal> Signals { get; init; }

    /// <summary>Replicas of a service that run from the accepted manifest, and have passed their image's own health check where there is one.</summary>
    public int Ready(string service) => Desired is null
        ? 0
        : Desired.Containers.Count(spec => spec.Service == service
            && Actual.Containers.Any(container => container.Service == service && container.Replica == spec.Replica
                && container.IsReady && container.SpecHash == spec.Hash()));
}

/// <summary>All leases as they were when the engine was last read.</summary>
/// <param name="Leases">Every lease that is not closed.</param>
/// <param name="ReadAt">When the engine answered; null before the first time.</param>
/// <param name="IsStale">The engine does not answer now, so the rest is from before.</param>
public sealed record WorkloadSnapshot(IReadOnlyDictionary<Marketplace.LeaseId, LeaseView> Leases, DateTimeOffset? ReadAt, bool IsStale)
{
    /// <summary>Engine ids of what carries this provider's label although this daemon did not make it. It is left alone.</summary>
    public IReadOnlyCollection<string> Foreign { get; init; } = [];

    /// <summary>Why the engine cannot run anything new, with the fix; null when it can, or when it simply does not answer.</summary>
    public string? EngineProblem { get; init; }

    /// <summary>Why the firewall between tenants and this host is not in place; null when it is, or is not ours to keep.</summary>
    public string? GuardProblem { get; init; }

    public static WorkloadSnapshot Empty { get; } = new(new Dictionary<Marketplace.LeaseId, LeaseView>(), null, IsStale: true);
}

/// <summary>What runs on this host. Reading never waits for the engine.</summary>
public interface IWorkloads
{
    WorkloadSnapshot Snapshot { get; }

    /// <summary>Raised after the snapshot was replaced. Handlers must be quick.</summary>
    event Action? Changed
    {
        add { }
        remove { }
    }
}
