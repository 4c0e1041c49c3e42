namespace ProviderAgent.Marketplace;

public enum OrderState
{
    /// <summary>Takes bids.</summary>
    Open,

    /// <summary>A lease was made from one of its bids.</summary>
    Active,
    Closed,
}

/// <summary>A tenant's call for bids.</summary>
/// <param name="Id">The order.</param>
/// <param name="State">Its state when it was read.</param>
/// <param name="Spec">What is asked for.</param>
/// <param name="CreatedAt">When the order was posted.</param>
/// <param name="MinReclaimWindow">The shortest notice that the tenant accepts from a provider who wants the resources back; null when none is asked for.</param>
public sealed record Order(OrderId Id, OrderState State, GroupSpec Spec, MarketTick CreatedAt, TimeSpan? MinReclaimWindow);
