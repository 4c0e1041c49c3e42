namespace ProviderAgent.Bidding;

/// <summary>The order requires what <c>bidding.filters</c> wants it to: for a provider that serves only orders which name it.</summary>
internal sealed class OrderFilterRule : IScreeningRule
{
    public BidDecision.Decline? Check(OrderFacts order, HostFacts host)
    {
        foreach (var wanted in host.Filters)
        {
            if (!order.Group.Requirements.Attributes.Contains(wanted)) return new(DeclineReason.NotForUs, $"the order does not require {wanted}, and bidding.filters wants it to");
        }

        return null;
    }
}
