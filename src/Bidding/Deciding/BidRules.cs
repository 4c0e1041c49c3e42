using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Decides on orders. Pure: no clock, no logger, no task; so decisions can be tested by tables and replayed.</summary>
public static class BidRules
{
    /// <summary>Everything that speaks against an order before it is priced; null when nothing does.</summary>
    public static BidDecision.Decline? Screen(OrderFacts order, HostFacts host) => ScreeningRules.FirstObjection(order, host);

    /// <summary>The whole decision.</summary>
    /// <param name="order">The order.</param>
    /// <param name="host">This provider and the market's rules.</param>
    /// <param name="price">What the pricing policy said about the order's group.</param>
    public static BidDecision Decide(OrderFacts order, HostFacts host, PriceResult price)
    {
        if (Screen(order, host) is { } objection) return objection;
        return price switch
        {
            PriceResult.Quoted(var quote) => Judge(quote, order.Group.PriceLimit),
            PriceResult.Unpriced(var reason, var detail) => new BidDecision.Decline(reason, detail),
            _ => throw new InvalidOperationException($"unknown price result {price.GetType().Name}"),
        };
    }

    private static BidDecision Judge(Quote quote, Rate limit)
    {
        if (quote.Price.Denom != limit.Denom || quote.Price.Per != limit.Per)
            return new BidDecision.Decline(DeclineReason.UnsupportedCoin, $"our price {quote.Price} cannot be compared with the limit {limit}");
        if (quote.Price.Amount.Sign <= 0) return new BidDecision.Decline(DeclineReason.ZeroPrice, $"our price would be {quote.Price}");
        return quote.Price.IsAbove(limit)
            ? new BidDecision.Decline(DeclineReason.AboveLimit, $"ours {quote.Price} ({quote.UsdPerMonth.Round(2, MidpointRounding.ToEven)} USD a month), limit {limit}")
            : new BidDecision.Submit(quote);
    }
}
