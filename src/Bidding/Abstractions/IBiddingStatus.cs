using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>How bidding stands, for people and other rooms.</summary>
public interface IBiddingStatus
{
    /// <summary>The state now. Never blocks, never throws.</summary>
    BiddingStatus Current { get; }
}

/// <param name="IsReady">What an earlier run left is settled and our bids and leases are known; until then nothing is bid on.</param>
/// <param name="Draining">Why the operator stopped bidding; null when not.</param>
/// <param name="Paused">What bidding waits for; null when it does not.</param>
/// <param name="LiveOrders">Orders that are looked at, bid on or waited for.</param>
/// <param name="LastDecisionAt">Wall time of the latest decision; null before the first.</param>
/// <param name="LastBidAt">Wall time at which a bid was last known to be included; null before the first.</param>
/// <param name="OpenBids">Bids that stand or are on their way, oldest first.</param>
public sealed record BiddingStatus(
    bool IsReady, string? Draining, string? Paused, int LiveOrders, DateTimeOffset? LastDecisionAt, DateTimeOffset? LastBidAt, ValueList<OpenBidStatus> OpenBids)
{
    /// <summary>Why a person should look, though nothing is broken: orders pass and none is bid on; null when that is not so.</summary>
    public string? Alarm { get; init; }
}

/// <param name="Order">The order.</param>
/// <param name="Stage">Where it stands, for people.</param>
/// <param name="Price">Our price; null for a bid whose price was not read.</param>
/// <param name="TimeLeft">Until it is taken back; null for never.</param>
public sealed record OpenBidStatus(OrderId Order, string Stage, Rate? Price, TimeSpan? TimeLeft);
