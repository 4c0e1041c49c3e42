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

    /// <summary>How the GPUs are joined.</summary>
    public GpuTopology Topology { get; init; } = GpuTopology.None;

    /// <summary>Why no order with GPUs is bid on, whatever is free; null when they are.</summary>
    public string? GpuProblem { get; init; }

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
