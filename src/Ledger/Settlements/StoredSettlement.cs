namespace ProviderAgent.Ledger;

/// <summary>A rise of what the market has paid out for a lease.</summary>
/// <param name="Seq">Number of the row in its chain, from 1.</param>
/// <param name="Lease">The lease.</param>
/// <param name="Tick">The market's time when the total was read.</param>
/// <param name="Withdrawn">Everything paid out for the lease until then, as the market counts it.</param>
/// <param name="Delta">What came since the row before.</param>
/// <param name="Transaction">The transaction that paid it, as far as it is known; else empty.</param>
/// <param name="Fee">The fee share of that transaction; null when it is not known.</param>
/// <param name="RecordedAt">When it was written down.</param>
public sealed record StoredSettlement(
    long Seq, LeaseId Lease, MarketTick Tick, Coin Withdrawn, Coin Delta, string Transaction, Coin? Fee, DateTimeOffset RecordedAt);

/// <summary>What became of a total that was to be recorded.</summary>
public enum SettlementResult
{
    /// <summary>It rose, and the difference is recorded.</summary>
    Recorded,

    /// <summary>It is what was recorded last.</summary>
    Unchanged,

    /// <summary>It is below what was recorded last, or in another coin: the market contradicts itself (another network, a node that lags). Nothing was recorded.</summary>
    Contradicts,
}

/// <param name="Result">What became of it.</param>
/// <param name="Delta">The recorded difference; zero unless recorded.</param>
/// <param name="Before">The total recorded last; zero when there was none.</param>
public sealed record SettlementRecord(SettlementResult Result, Coin Delta, Coin Before);

/// <summary>Income and the fees known to have been paid for it.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Withdrawn">Everything paid out for it, as recorded last.</param>
/// <param name="Fees">Known fees, one entry per coin.</param>
/// <param name="LastTick">The market's time of the last rise.</param>
public sealed record LeaseIncome(LeaseId Lease, Coin Withdrawn, ValueList<Coin> Fees, MarketTick LastTick);
