using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>A later room that wants to be woken when one of our bids was accepted.</summary>
/// <remarks>Only a wake-up: it may come late, twice, or not at all after a restart. The market's list of leases is the truth.</remarks>
public interface ILeaseWonHandler
{
    /// <summary>Must return at once and must not throw.</summary>
    void Handle(LeaseWon won);
}

/// <summary>One of our bids became a lease; its resources are assigned in the reservation book.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Group">What was leased; null when it is not known yet and has to be read from the market.</param>
public sealed record LeaseWon(LeaseId Lease, GroupSpec? Group);
