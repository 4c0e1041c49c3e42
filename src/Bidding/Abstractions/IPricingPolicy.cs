using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Makes prices. Safe for concurrent use.</summary>
public interface IPricingPolicy
{
    /// <summary>Prices a whole group; never throws for a group that cannot be priced, however odd.</summary>
    ValueTask<PriceResult> PriceAsync(PricingRequest request, CancellationToken ct);
}

/// <summary>What is to be priced.</summary>
/// <param name="Order">The order.</param>
/// <param name="Group">What it asks for.</param>
/// <param name="Clock">How long a tick of the market is.</param>
public sealed record PricingRequest(OrderId Order, GroupSpec Group, MarketClock Clock);
