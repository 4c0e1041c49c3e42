using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>The tenant's price limit of each unit is one that the market allows.</summary>
internal sealed class PriceLimitRule : IScreeningRule
{
    // The market's own limit for one replica per tick.
    private static readonly Decimal18 MaxUnitPrice = Decimal18.FromInteger(10_000_000);

    public BidDecision.Decline? Check(OrderFacts order, HostFacts host)
    {
        foreach (var unit in order.Group.Units)
        {
            var limit = unit.PriceLimit;
            if (limit.Amount.Sign <= 0) return new(DeclineReason.PriceLimitInvalid, $"unit {unit.Resources.Id} has a price limit of {limit}");
            if (limit.Amount > MaxUnitPrice) return new(DeclineReason.PriceLimitInvalid, $"unit {unit.Resources.Id} has a price limit of {limit}, at most {MaxUnitPrice} are possible");
        }

        return null;
    }
}
