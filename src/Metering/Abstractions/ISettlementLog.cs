namespace ProviderAgent.Metering;

/// <summary>A withdrawal that was set out on and whose end is not written down.</summary>
/// <param name="Id">Number to complete it with.</param>
/// <param name="Lease">The lease.</param>
/// <param name="Before">The market's total before it.</param>
/// <param name="BegunAt">When it was written down.</param>
public sealed record OpenWithdrawal(long Id, LeaseId Lease, Coin Before, DateTimeOffset BegunAt);

/// <summary>What became of a total that was to be recorded.</summary>
public enum RecordResult
{
    /// <summary>It rose; the difference is recorded.</summary>
    Recorded,

    /// <summary>It is what was recorded last.</summary>
    Unchanged,

    /// <summary>It is below what was recorded last, or in another coin; nothing was recorded.</summary>
    Contradicts,
}

/// <param name="Result">What became of it.</param>
/// <param name="Delta">The recorded difference; zero unless recorded.</param>
public sealed record RecordedTotal(RecordResult Result, Coin Delta);

/// <summary>What was recorded for a lease.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Withdrawn">The market's total as recorded last.</param>
/// <param name="Fees">Known fees of its withdrawals, one entry per coin.</param>
/// <param name="LastTick">When the total was seen to rise last.</param>
public sealed record RecordedIncome(LeaseId Lease, Coin Withdrawn, ValueList<Coin> Fees, MarketTick LastTick);

/// <summary>The books on money. Every member throws <see cref="MeteringUnavailableException"/> when the storage cannot be used.</summary>
public interface ISettlementLog
{
    /// <summary>Writes a withdrawal down before it is sent.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="before">The market's total now.</param>
    /// <param name="reason">Why, for people.</param>
    /// <param name="ct">Stops the waiting as long as the write has not begun.</param>
    Task<long> BeginAsync(LeaseId lease, Coin before, string reason, CancellationToken ct);

    /// <summary>Writes down how a withdrawal ended; a second call changes nothing.</summary>
    /// <param name="id">The number from <see cref="BeginAsync"/>.</param>
    /// <param name="outcome">How it ended, for people.</param>
    /// <param name="ct">Stops the waiting as long as the write has not begun.</param>
    Task CompleteAsync(long id, string outcome, CancellationToken ct);

    /// <summary>Withdrawals without an end, oldest first.</summary>
    Task<IReadOnlyList<OpenWithdrawal>> ListOpenAsync(CancellationToken ct);

    /// <summary>Records the difference between the market's total and the total recorded last. Repeating a call changes nothing.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="tick">The market's time when the total was read.</param>
    /// <param name="withdrawn">The market's total.</param>
    /// <param name="transaction">The transaction that paid it, if known; else empty.</param>
    /// <param name="fee">The fee share of that transaction, if known.</param>
    /// <param name="ct">Stops the waiting as long as the write has not begun.</param>
    Task<RecordedTotal> RecordAsync(LeaseId lease, MarketTick tick, Coin withdrawn, string transaction, Coin? fee, CancellationToken ct);

    /// <summary>What was recorded, for every lease that was ever paid for.</summary>
    Task<IReadOnlyList<RecordedIncome>> ListIncomeAsync(CancellationToken ct);

    /// <summary>Notes that a lease's income has to be followed until its end. Repeating it changes nothing.</summary>
    Task FollowAsync(LeaseId lease, CancellationToken ct);

    /// <summary>Notes that the final total of a lease is recorded. Repeating it changes nothing.</summary>
    Task UnfollowAsync(LeaseId lease, CancellationToken ct);

    /// <summary>Leases whose final total is not recorded.</summary>
    Task<IReadOnlyList<LeaseId>> ListFollowedAsync(CancellationToken ct);
}
