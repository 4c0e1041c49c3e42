namespace ProviderAgent.Bidding;

/// <summary>The market takes no bid from the account that posted the order.</summary>
internal sealed class OwnOrderRule : IScreeningRule
{
    public BidDecision.Decline? Check(OrderFacts order, HostFacts host) =>
        order.Id.Owner == host.Account ? new(DeclineReason.OwnOrder, "the order was posted by this provider's own account") : null;
}
