using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Support;

/// <summary>Prices by settings, without the floor unless asked for: a floor is tried on its own.</summary>
internal static class Price
{
    /// <summary>A price list alone.</summary>
    public static PriceResult Of(GroupSpec group, RatesOptions rates, MarketClock clock, PricingFacts? facts = null) =>
        By(group, new PricingOptions { Rates = rates, Floor = new() { Mode = FloorMode.Off } }, clock, facts);

    /// <summary>Everything that the settings say.</summary>
    public static PriceResult By(GroupSpec group, PricingOptions options, MarketClock? clock = null, PricingFacts? facts = null) =>
        new PricingPlan(options).Price(new(Build.OrderId(1), group, clock ?? Build.Clock) { Facts = facts ?? PricingFacts.None });

    /// <summary>The price per tick.</summary>
    public static string Text(PriceResult result) => Assert.IsType<PriceResult.Quoted>(result).Quote.Price.Amount.ToString();
}
