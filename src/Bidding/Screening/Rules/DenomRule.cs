namespace ProviderAgent.Bidding;

/// <summary>The order is paid in a coin that the operator takes.</summary>
internal sealed class DenomRule : IScreeningRule
{
    public BidDecision.Decline? Check(OrderFacts order, HostFacts host)
    {
        if (host.Coins.Count == 0) return null;
        var denom = order.Group.Units[0].PriceLimit.Denom;
        return host.Coins.Contains(denom) ? null : new(DeclineReason.UnsupportedCoin, $"the order is in {denom}, and bidding.coins has only {host.Coins}");
    }
}
