using System.Collections.Immutable;

namespace ProviderAgent.Inventory;

/// <summary>What one machine has free.</summary>
/// <param name="Name">Its name, for people.</param>
/// <param name="MilliCpu">Thousandths of a thread.</param>
/// <param name="MemoryBytes">Memory, volumes of class <c>ram</c> included.</param>
/// <param name="StorageBytes">Ephemeral disk space.</param>
/// <param name="Gpus">Devices that may be sold now.</param>
/// <param name="Topology">How they are joined.</param>
public sealed record NodeStock(string Name, long MilliCpu, long MemoryBytes, long StorageBytes, ImmutableArray<FreeGpu> Gpus, GpuTopology Topology);

/// <param name="Uuid">The device.</param>
/// <param name="Model">What it is sold as.</param>
public sealed record FreeGpu(string Uuid, GpuModel Model);

/// <summary>Where a replica goes.</summary>
/// <param name="Unit">Position of its unit in the group.</param>
/// <param name="Replica">Its number within the unit, from 0.</param>
/// <param name="Node">Position of the machine in the list.</param>
/// <param name="Gpus">UUIDs of its devices.</param>
public sealed record PlacedReplica(int Unit, int Replica, int Node, ImmutableArray<string> Gpus);

/// <summary>The answer to the question where a group goes.</summary>
/// <param name="Replicas">Every replica of every unit; empty when it does not fit.</param>
/// <param name="Models">The model that each unit was given; null for a unit without GPUs.</param>
/// <param name="WasExhaustive">When it does not fit: there is no way, rather than none found within the bound.</param>
public sealed record PlacementResult(ImmutableArray<PlacedReplica> Replicas, ImmutableArray<GpuModel?> Models, bool WasExhaustive)
{
    public bool Fits => Replicas.Length > 0;
}
