using System.Globalization;

namespace ProviderAgent.Bidding;

/// <summary>The order still takes bids; one too many costs a fee for nothing.</summary>
internal sealed class BidSlotRule : IScreeningRule
{
    public BidDecision.Decline? Check(OrderFacts order, HostFacts host) =>
        order.BidCount >= host.Parameters.MaxBidsPerOrder
            ? new(DeclineReason.OrderFull, string.Create(CultureInfo.InvariantCulture, $"the order has {order.BidCount} bids, the market allows {host.Parameters.MaxBidsPerOrder}"))
            : null;
}
