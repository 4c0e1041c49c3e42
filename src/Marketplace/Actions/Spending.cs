namespace ProviderAgent.Marketplace;

/// <summary>What acting on the market may cost. A bid beyond it is refused with <see cref="MarketRefusal.BudgetSpent"/>; whatever ends costs or brings money in always goes.</summary>
/// <param name="FeesPerHour">Most fees within an hour; null for no limit.</param>
/// <param name="FeesPerDay">Most fees within a day; null for no limit.</param>
/// <param name="Deposits">Most that deposits of open bids and running leases lock up together; null for no limit.</param>
public sealed record SpendingLimits(Coin? FeesPerHour = null, Coin? FeesPerDay = null, Coin? Deposits = null);

/// <summary>The operator's limits as they are now. Implemented by whoever knows the configuration; without one there is no limit.</summary>
public interface ISpendingLimits
{
    SpendingLimits Current { get; }
}

/// <summary>What was spent. There is one count of it, that of whoever sends. Safe for concurrent use.</summary>
public interface ISpendingMeter
{
    /// <summary>Fees of all transactions within a stretch of time up to now, those of earlier runs included.</summary>
    /// <param name="stretch">At most a day.</param>
    Coin FeesWithin(TimeSpan stretch);
}
