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
    public static BidDecision Decide(OrderFacts order, HostFacts host, PriceResult price) =>
        Screen(order, host) is { } objection ? objection : Judge(order, price, PricingFacts.None);

    /// <summary>The decision on an order that passed the screening.</summary>
    /// <param name="order">The order.</param>
    /// <param name="price">What the pricing policy said.</param>
    /// <param name="facts">What the price was made from; goes into the decision.</param>
    public static BidDecision Judge(OrderFacts order, PriceResult price, PricingFacts facts) => price switch
    {
        PriceResult.Quoted(var quote) => Judge(quote, order.Group.PriceLimit, facts),
        PriceResult.Unpriced(var reason, var detail) => new BidDecision.Decline(reason, detail) { Facts = facts },
        _ => throw new InvalidOperationException($"unknown price result {price.GetType().Name}"),
    };

    private static BidDecision Judge(Quote quote, Rate limit, PricingFacts facts)
    {
        if (quote.Price.Denom != limit.Denom || quote.Price.Per != limit.Per)
            return Refuse(DeclineReason.UnsupportedCoin, $"our price {quote.Price} cannot be compared with the limit {limit}");
        if (quote.Price.Amount.Sign <= 0) return Refuse(DeclineReason.ZeroPrice, $"our price would be {quote.Price}");
        if (!quote.Price.IsAbove(limit)) return new BidDecision.Submit(quote) { Facts = facts };
        var usd = quote.UsdPerMonth is { } known ? $" ({known.Round(2, MidpointRounding.ToEven)} USD a month)" : "";
        return Refuse(DeclineReason.AboveLimit, $"ours {quote.Price}{usd}, limit {limit}");

        BidDecision.Decline Refuse(DeclineReason reason, string detail) => new(reason, detail) { Quote = quote, Facts = facts };
    }
}
