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
    /// <summary>One countable resource.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The kind is not a countable one.</exception>
    public ResourceLine this[ResourceKind kind] =>
        Lines.FirstOrDefault(line => line.Kind == kind) ?? throw new ArgumentOutOfRangeException(nameof(kind), kind, "this kind is not counted");

    /// <summary>Why the group would be refused now; null when it fits.</summary>
    public ReservationRefusal? Refuse(GroupSpec group) => Fitter.Refuse(group, this);
}
