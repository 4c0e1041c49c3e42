using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway;

/// <summary>What everybody may know about this provider.</summary>
public interface IProviderStatus
{
    /// <summary>Answers from memory, also while market and engine are down.</summary>
    Task<ProviderStatus> ReadAsync(CancellationToken ct);
}

/// <param name="Leases">Running leases.</param>
/// <param name="Deployments">Deployments with an accepted manifest.</param>
/// <param name="Orders">Orders that are being considered or bid on.</param>
/// <param name="PublicHost">Host name of the provider; empty when not set.</param>
/// <param name="ReclaimWindow">Notice that this provider promises; null for none.</param>
/// <param name="Active">Resources of each lease.</param>
/// <param name="Pending">Resources of each open bid.</param>
/// <param name="Nodes">The hosts.</param>
/// <param name="Storage">Free space of each class of persistent storage.</param>
/// <param name="Error">Why the inventory is not known; null when it is.</param>
public sealed record ProviderStatus(
    int Leases,
    int Deployments,
    int Orders,
    string PublicHost,
    TimeSpan? ReclaimWindow,
    ValueList<ResourceTotals> Active,
    ValueList<ResourceTotals> Pending,
    ValueList<NodeTotals> Nodes,
    ValueList<StorageTotal> Storage,
    string? Error);

/// <param name="Cpu">Thousandths of a thread.</param>
/// <param name="Gpus">Devices.</param>
/// <param name="Memory">Memory.</param>
/// <param name="EphemeralStorage">Disk that goes with the container.</param>
/// <param name="PersistentStorage">Disk that stays, by class.</param>
public sealed record ResourceTotals(MilliCpu Cpu, int Gpus, ByteSize Memory, ByteSize EphemeralStorage, ValueList<StorageTotal> PersistentStorage);

/// <param name="Name">The host.</param>
/// <param name="Allocatable">For sale in all.</param>
/// <param name="Available">For sale now.</param>
public sealed record NodeTotals(string Name, ResourceTotals Allocatable, ResourceTotals Available);

public sealed record StorageTotal(string Class, ByteSize Size);
