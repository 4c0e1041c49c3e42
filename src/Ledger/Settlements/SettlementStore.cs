namespace ProviderAgent.Ledger;

/// <summary>What the leases have earned: append-only, hash-chained, and derived from the market's own totals alone, so that nothing counts twice.</summary>
public sealed class SettlementStore
{
    private const int MaxTransaction = 128;

    private readonly LedgerCore _core;

    internal SettlementStore(LedgerCore core) => _core = core;

    /// <summary>Records the difference between the total that the market states and the total recorded last.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="tick">The market's time when the total was read.</param>
    /// <param name="withdrawn">The market's total for the lease; not negative.</param>
    /// <param name="transaction">The transaction that paid it, if known; else empty. At most 128 characters.</param>
    /// <param name="fee">The fee share of that transaction, if known.</param>
    /// <param name="ct">Stops the waiting as long as the write has not begun.</param>
    /// <exception cref="ArgumentException">The total is negative, or the transaction's text too long.</exception>
    /// <exception cref="LedgerUnavailableException">Not recorded; the same call later makes up for it.</exception>
    public Task<SettlementRecord> RecordAsync(LeaseId lease, MarketTick tick, Coin withdrawn, string transaction, Coin? fee, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(withdrawn.Amount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(transaction.Length, MaxTransaction);
        return _core.Writer.WriteAsync(session => Record(session, lease, tick, withdrawn, transaction, fee), ct);
    }

    /// <summary>Rows of one lease, oldest first.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<IReadOnlyList<StoredSettlement>> ListAsync(LeaseId lease, CancellationToken ct) =>
        ListAsync(session => session.Query(SettlementChain.SelectLease, SettlementChain.TryParse, lease.ToString()), ct);

    /// <summary>The latest rows of all leases, newest first.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<IReadOnlyList<StoredSettlement>> ListRecentAsync(int limit, CancellationToken ct) =>
        ListAsync(session => session.Query(SettlementChain.SelectRecent, SettlementChain.TryParse, limit), ct);

    /// <summary>Income of one lease; null when nothing was ever paid out for it.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public async Task<LeaseIncome?> FindIncomeAsync(LeaseId lease, CancellationToken ct) =>
        Sum(await ListAsync(lease, ct).ConfigureAwait(false)).FirstOrDefault();

    /// <summary>Income of every lease that was ever paid for, by lease.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public async Task<IReadOnlyList<LeaseIncome>> ListIncomeAsync(CancellationToken ct) =>
        Sum(await ListAsync(session => session.Query(SettlementChain.SelectAll, SettlementChain.TryParse), ct).ConfigureAwait(false));

    /// <summary>Income of all leases together, one entry per coin.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public async Task<ValueList<Coin>> TotalAsync(CancellationToken ct) =>
        Add((await ListIncomeAsync(ct).ConfigureAwait(false)).Select(income => income.Withdrawn));

    private static SettlementRecord Record(SqlSession session, LeaseId lease, MarketTick tick, Coin withdrawn, string transaction, Coin? fee, long nowMs)
    {
        var last = session.Query(
            "SELECT withdrawn, denom FROM settlement WHERE lease_id = $1 ORDER BY seq DESC LIMIT 1", row => new Coin(row.Integer(0), row.Denom(1)), lease.ToString());
        var before = last.Count == 0 ? withdrawn with { Amount = 0 } : last[0];
        if (before == withdrawn) return new(SettlementResult.Unchanged, withdrawn with { Amount = 0 }, before);
        if (before.Denom != withdrawn.Denom || before.Amount > withdrawn.Amount) return new(SettlementResult.Contradicts, withdrawn with { Amount = 0 }, before);

        var delta = withdrawn - before;
        SettlementChain.Append(session, seq => new(seq, lease, tick, withdrawn, delta, transaction, fee, DateTimeOffset.FromUnixTimeMilliseconds(nowMs)));
        return new(SettlementResult.Recorded, delta, before);
    }

    private static List<LeaseIncome> Sum(IReadOnlyList<StoredSettlement> rows) =>
    [
        .. rows.GroupBy(row => row.Lease).Select(lease =>
        {
            var last = lease.MaxBy(row => row.Seq) ?? throw new InvalidOperationException("a group has a row");
            return new LeaseIncome(lease.Key, last.Withdrawn, Add(lease.Select(row => row.Fee).OfType<Coin>()), last.Tick);
        }),
    ];

    private static ValueList<Coin> Add(IEnumerable<Coin> coins) =>
        coins.GroupBy(coin => coin.Denom).OrderBy(group => group.Key).Select(group => group.Aggregate((left, right) => left + right)).ToValueList();

    private SettlementRecord Record(SqlSession session, LeaseId lease, MarketTick tick, Coin withdrawn, string transaction, Coin? fee) =>
        Record(session, lease, tick, withdrawn, transaction, fee, _core.NowMs);

    /// <summary>Rows stay in their chain even when damaged: they are passed over here, and named by the verification.</summary>
    private async Task<IReadOnlyList<StoredSettlement>> ListAsync(Func<SqlSession, List<StoredSettlement?>> query, CancellationToken ct)
    {
        var rows = await _core.Readers.ReadAsync(query, ct).ConfigureAwait(false);
        var good = rows.OfType<StoredSettlement>().ToList();
        if (good.Count < rows.Count) _core.Quarantine.ReportChained(SettlementChain.Name, $"{rows.Count - good.Count} rows cannot be read");
        return good;
    }
}
