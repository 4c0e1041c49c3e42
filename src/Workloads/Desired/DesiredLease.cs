using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>What must run for one lease: nothing more, nothing less.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Manifest">Hash of the manifest that the containers come from.</param>
/// <param name="Containers">All replicas of all services.</param>
public sealed record DesiredLease(LeaseId Lease, ManifestHash Manifest, ValueList<ContainerSpec> Containers);
