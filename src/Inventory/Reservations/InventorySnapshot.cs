using System.Collections.Immutable;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>What the host has, what is promised and what is for sale, at one moment. Immutable.</summary>
/// <param name="Host">The latest good measurement; null before the first.</param>
/// <param name="Problem">Why nothing at all is for sale; null when selling.</param>
/// <param name="Lines">The countable resources: processor time, memory, ephemeral storage, GPUs.</param>
/// <param name="SellsRam">Memory-backed volumes are for sale.</param>
/// <param name="Reservations">Everything on the books.</param>
public sealed record InventorySnapshot(
    HostResources? Host,
    string? Problem,
    ImmutableArray<ResourceLine> Lines,
    bool SellsRam,
    ImmutableDictionary<OrderId, Reservation> Reservations)
{
    /// <summary>Every GPU that was ever seen, by UUID.</summary>
    public ImmutableArray<GpuStatus> Gpus { get; init; } = [];

    /// <summary>Classes of persistent volumes that are for sale.</summary>
    public ValueList<string> PersistentClasses { get; init; }

    /// <summary>How the GPUs are joined.</summary>
    public GpuTopology Topology { get; init; } = GpuTopology.None;

    /// <summary>Why no storage is sold, whatever is free; null when it is. Every order needs some.</summary>
    public string? StorageProblem { get; init; }

    /// <summary>Why no order with GPUs is bid on, whatever is free; null when they are.</summary>
    public string? GpuProblem { get; init; }

    /// <summary>A host of this size of which nothing is taken, for reckoning with hosts that are not there.</summary>
    /// <param name="milliCpu">Thousandths of a thread that may be sold.</param>
    /// <param name="memoryBytes">Memory that may be sold.</param>
    /// <param name="storageBytes">Disk space that may be sold.</param>
    /// <param name="gpus">Its devices.</param>
    /// <param name="sellsRam">Memory-backed volumes are for sale.</param>
    public static InventorySnapshot OfSize(long milliCpu, long memoryBytes, long storageBytes, IReadOnlyList<GpuModel> gpus, bool sellsRam = true) => new(
        null,
        null,
        [new(ResourceKind.Cpu, milliCpu, 0, null), new(ResourceKind.Memory, memoryBytes, 0, null), new(ResourceKind.Storage, storageBytes, 0, null), new(ResourceKind.Gpu, gpus.Count, 0, null)],
        sellsRam,
        ImmutableDictionary<OrderId, Reservation>.Empty)
    {
        Gpus = [.. gpus.Select((model, i) => new GpuStatus(new(FormattableString.Invariant($"GPU-{i}"), model, false, model.Name, "", model.MemoryGib * ByteSize.GiB, i), GpuCondition.Healthy, "", null, false))],
    };

    /// <summary>The same host with something taken, or given back: amounts and owners of the devices change, nothing else.</summary>
    /// <param name="taken">What; negative amounts are given back.</param>
    /// <param name="picks">Its devices.</param>
    /// <param name="owner">Who has them from now on; null for nobody.</param>
    public InventorySnapshot With(Demand taken, ValueList<GpuPick> picks, OrderId? owner) => this with
    {
        Lines = [.. Lines.Select(line => line with { Used = line.Used + taken[line.Kind] })],
        Gpus = picks.Count == 0 ? Gpus : [.. Gpus.Select(gpu => picks.Any(pick => pick.Uuid == gpu.Card.Uuid) ? gpu with { Owner = owner, IsLeased = owner is not null } : gpu)],
    };

    /// <summary>One countable resource.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The kind is not a countable one.</exception>
    public ResourceLine this[ResourceKind kind] =>
        Lines.FirstOrDefault(line => line.Kind == kind) ?? throw new ArgumentOutOfRangeException(nameof(kind), kind, "this kind is not counted");

    /// <summary>Why the group would be refused now; null when it fits.</summary>
    public ReservationRefusal? Refuse(GroupSpec group) => Fitter.Refuse(group, this, out _);

    /// <summary>The devices that the group would be given now; empty when it asks for none, or does not fit.</summary>
    public ValueList<GpuPick> PickGpus(GroupSpec group) => Fitter.Refuse(group, this, out var placement) is null && placement is not null ? GpuShelf.Picks(group, placement) : [];

    /// <summary>What is free, as a placer takes it.</summary>
    public NodeStock Stock(string name) => new(
        name,
        this[ResourceKind.Cpu].Free,
        this[ResourceKind.Memory].Free,
        this[ResourceKind.Storage].Free,
        [.. Gpus.Where(gpu => gpu.IsForSale && gpu.Card.Model is not null).Select(gpu => new FreeGpu(gpu.Card.Uuid, gpu.Card.Model ?? throw new InvalidOperationException("a GPU without a model is not for sale")))],
        Topology);
}
