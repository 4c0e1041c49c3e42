using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>The one place that knows what of this host is promised to whom. Safe for concurrent use.</summary>
public interface IReservationBook
{
    /// <summary>The state after the latest change; reading it takes no lock.</summary>
    InventorySnapshot Snapshot { get; }

    /// <summary>Sets resources aside if they are free. Asked again for the same order, it answers with what is already set aside.</summary>
    /// <param name="owner">The order that is bid on.</param>
    /// <param name="group">What it asks for.</param>
    /// <param name="lifetime">How long the reservation holds unless renewed or assigned; positive.</param>
    ReserveOutcome TryReserve(OrderId owner, GroupSpec group, TimeSpan lifetime);

    /// <summary>Sets resources aside for a bid that already stands on the market, even when they do not fit any more: it may be accepted.</summary>
    /// <remarks>A resource that is thereby over-committed is reported, and nothing more of it is sold.</remarks>
    Reservation EnsureReserved(OrderId owner, GroupSpec group, TimeSpan lifetime);

    /// <summary>Puts the expiry off.</summary>
    /// <returns>False when there is no reservation.</returns>
    bool Renew(OrderId owner, TimeSpan lifetime);

    /// <summary>The bid became a lease: the reservation does not expire any more.</summary>
    /// <returns>False when there is no reservation; <see cref="EnsureAssigned"/> makes one.</returns>
    bool Assign(OrderId owner);

    /// <summary>Books a lease that exists, even when it does not fit any more. Repeating it changes nothing.</summary>
    /// <inheritdoc cref="EnsureReserved" path="/remarks"/>
    Reservation EnsureAssigned(OrderId owner, GroupSpec group);

    /// <summary>Gives back what was set aside for a bid. What a lease has is not touched.</summary>
    /// <returns>False when there was nothing, or it is assigned.</returns>
    bool Cancel(OrderId owner);

    /// <summary>Gives everything of the order back, also what a lease had: for whoever has seen the lease end and its containers gone.</summary>
    /// <returns>False when there was nothing.</returns>
    bool Release(OrderId owner);

    /// <summary>True from the first <see cref="AllBooked"/> on.</summary>
    bool IsComplete { get; }

    /// <summary>Everything that the market knows of is on the books now: what an earlier life of the daemon gave to other orders is forgotten. Repeating it changes nothing.</summary>
    void AllBooked();

    /// <summary>Releases what has lapsed, and counts the books over.</summary>
    /// <returns>The orders whose reservations lapsed.</returns>
    IReadOnlyList<OrderId> ExpireDue();
}
