namespace ProviderAgent.Bidding;

/// <summary>All units are priced in one coin and time base; otherwise the group has no price limit.</summary>
internal sealed class CoinRule : IScreeningRule
{
    public BidDecision.Decline? Check(OrderFacts order, HostFacts host)
    {
        var first = order.Group.Units[0].PriceLimit;
        foreach (var unit in order.Group.Units)
        {
            if (unit.PriceLimit.Denom != first.Denom || unit.PriceLimit.Per != first.Per)
                return new(DeclineReason.MixedCoins, $"the units are priced in {first.Denom} per {first.Per} and {unit.PriceLimit.Denom} per {unit.PriceLimit.Per}");
        }

        return null;
    }
}
