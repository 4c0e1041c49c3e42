namespace ProviderAgent.Ledger;

/// <summary>A manifest that was accepted for a lease.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Hash">Hash of the deployment's whole manifest.</param>
/// <param name="GroupJson">This lease's group of it, as JSON bytes. Carries credentials: never logged, never shown.</param>
/// <param name="AcceptedAt">When it was accepted.</param>
public sealed record StoredManifest(LeaseId Lease, ManifestHash Hash, ReadOnlyMemory<byte> GroupJson, DateTimeOffset AcceptedAt)
{
    /// <summary>Without the content.</summary>
    public override string ToString() => $"manifest {Hash} of {Lease}";
}
