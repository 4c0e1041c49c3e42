using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway;

/// <summary>Where accepted manifests go.</summary>
public interface IManifestInbox
{
    /// <summary>A tenant has sent something for a deployment that is leased here, good or bad: it need not be given up as abandoned.</summary>
    /// <remarks>Must neither block nor throw.</remarks>
    void NoteAttempt(DeploymentId deployment);

    /// <summary>Takes a manifest that passed every rule. Null when it is durable; its services are then started in the background.</summary>
    /// <returns>A refusal of the host names (see <see cref="HostNameRules"/>), which are reserved together with the manifest or not at all.</returns>
    /// <remarks>Calls for one deployment never overlap. Throws when the manifest could not be kept; nothing may have changed then.</remarks>
    Task<ManifestRefusal?> AcceptAsync(AcceptedManifest manifest, CancellationToken ct);
}

/// <summary>A manifest that equals what its tenant announced on the market and fits the leased groups.</summary>
/// <param name="Deployment">Whose it is.</param>
/// <param name="Hash">Of <paramref name="Canonical"/>.</param>
/// <param name="Canonical">The whole manifest in canonical JSON, other providers' groups too. Holds the tenant's secrets.</param>
/// <param name="Leases">Each running lease of the deployment here with its group.</param>
public sealed record AcceptedManifest(DeploymentId Deployment, ManifestHash Hash, ReadOnlyMemory<byte> Canonical, ValueList<LeasedGroup> Leases);

public sealed record LeasedGroup(LeaseId Lease, ManifestGroup Group);
