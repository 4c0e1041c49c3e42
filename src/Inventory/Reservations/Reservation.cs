using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>What is set aside for an order: first for our bid on it, then for the lease that it became.</summary>
/// <param name="Owner">The order.</param>
/// <param name="Allocation">What is set aside.</param>
/// <param name="IsAssigned">It is leased: kept until released, whatever the time.</param>
/// <param name="ExpiresAt">Timestamp of the book's clock at which an unassigned reservation lapses.</param>
public sealed record Reservation(OrderId Owner, Allocation Allocation, bool IsAssigned, long ExpiresAt);

/// <summary>The concrete resources behind a reservation.</summary>
/// <param name="Units">The group's units with wildcards replaced by what was picked: what a bid may offer.</param>
/// <param name="Demand">The sum over all replicas.</param>
public sealed record Allocation(ValueList<ResourceUnit> Units, Demand Demand)
{
    /// <summary>The devices, each with the replica that gets it. Fewer than demanded only for a lease whose devices are not known yet.</summary>
    public ValueList<GpuPick> Gpus { get; init; }
}

/// <summary>The answer to an attempt to reserve.</summary>
public abstract record ReserveOutcome
{
    private ReserveOutcome()
    {
    }

    public sealed record Reserved(Reservation Reservation) : ReserveOutcome;

    public sealed record Refused(ReservationRefusal Refusal) : ReserveOutcome;
}

/// <summary>Why something does not fit.</summary>
/// <param name="Resource">What is short, or is not sold here.</param>
/// <param name="Asked">In the unit of the resource; zero when it is not counted.</param>
/// <param name="Free">In the unit of the resource; zero when it is not counted.</param>
/// <param name="Detail">One line for people with the amounts.</param>
public sealed record ReservationRefusal(ResourceKind Resource, long Asked, long Free, string Detail);
