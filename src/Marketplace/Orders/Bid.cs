namespace ProviderAgent.Marketplace;

public enum BidState
{
    Open,

    /// <summary>Accepted: it became a lease.</summary>
    Active,

    /// <summary>The order went to another provider.</summary>
    Lost,
    Closed,
}

/// <summary>A provider's offer on an order, at one price for the whole group.</summary>
public sealed record Bid(BidId Id, BidState State, Rate Price, MarketTick CreatedAt, TimeSpan? ReclaimWindow);
