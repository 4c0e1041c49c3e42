using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway;

/// <summary>What this provider knows of its own leases. Answers from what is known here, also while market and engine are down.</summary>
/// <remarks>All members throw <see cref="BackendUnavailableException"/> when nothing is known yet: unknown is not empty.</remarks>
public interface ILeaseDirectory
{
    /// <summary>This provider's running leases (active and reclaiming) of one deployment; empty when there are none.</summary>
    Task<IReadOnlyList<LeaseId>> ListRunningAsync(DeploymentId deployment, CancellationToken ct);

    /// <summary>The manifest that was last accepted for a lease; null when the lease is unknown or has none.</summary>
    Task<AcceptedGroup?> FindManifestAsync(LeaseId lease, CancellationToken ct);

    /// <summary>How a lease's services are doing.</summary>
    Task<LeaseView> FindStatusAsync(LeaseId lease, CancellationToken ct);
}

/// <summary>A lease's part of an accepted manifest.</summary>
/// <param name="Hash">Of the whole manifest.</param>
/// <param name="Canonical">The group alone, in an array of one, in canonical JSON. Holds the tenant's secrets.</param>
public sealed record AcceptedGroup(ManifestHash Hash, ReadOnlyMemory<byte> Canonical);
