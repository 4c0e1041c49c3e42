using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>All that is known of an order when it is decided on.</summary>
/// <param name="Id">The order.</param>
/// <param name="Group">What it asks for.</param>
/// <param name="MinReclaimWindow">The shortest notice that the tenant accepts; null when none is asked for.</param>
/// <param name="BidCount">Bids that the market counts against its limit; null while not asked.</param>
public sealed record OrderFacts(OrderId Id, GroupSpec Group, TimeSpan? MinReclaimWindow, int? BidCount)
{
    /// <summary>When the order was posted; null when not known.</summary>
    public MarketTick? CreatedAt { get; init; }

    public static OrderFacts Of(Order order, int? bidCount = null) => new(order.Id, order.Spec, order.MinReclaimWindow, bidCount) { CreatedAt = order.CreatedAt };
}
