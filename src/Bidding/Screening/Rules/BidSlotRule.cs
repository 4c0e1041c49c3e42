using System.Globalization;

namespace ProviderAgent.Bidding;

/// <summary>The order still takes bids, also when some others arrive before ours; one too many costs a fee for nothing.</summary>
internal sealed class BidSlotRule : IScreeningRule
{
    public BidDecision.Decline? Check(OrderFacts order, HostFacts host) =>
        order.BidCount >= host.Parameters.MaxBidsPerOrder - Math.Min(host.SpareSlots, host.Parameters.MaxBidsPerOrder - 1)
            ? new(DeclineReason.OrderFull, string.Create(CultureInfo.InvariantCulture, $"the order has {order.BidCount} bids, the market allows {host.Parameters.MaxBidsPerOrder}{(host.SpareSlots > 0 ? $", of which bidding.spare_slots leaves {host.SpareSlots}" : "")}"))
            : null;
}
