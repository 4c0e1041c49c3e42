namespace ProviderAgent.Ledger;

/// <summary>Why each order was bid on or not: one row per order, the latest decision wins.</summary>
public sealed class DecisionStore
{
    private const string Columns = "order_id, decided_at, result, reason, detail, price, inputs, times";
    private const int MaxReason = 64;
    private const int MaxDetail = 2048;
    private const int MaxPrice = 256;

    private readonly LedgerCore _core;
    private readonly TableReader<StoredDecision> _rows;

    internal DecisionStore(LedgerCore core)
    {
        _core = core;
        _rows = new(core, "decision", Columns, row => new(
            row.Order(0), row.Time(1), row.Name<DecisionResult>(2), row.Text(3), row.Text(4), row.OptionalText(5), row.Json(6), row.SmallInteger(7)));
    }

    /// <summary>Stores a decision in place of an earlier one on the same order.</summary>
    /// <exception cref="ArgumentException">The reason is empty or longer than 64 characters, or the inputs are not JSON.</exception>
    /// <exception cref="LedgerUnavailableException">Not stored.</exception>
    public Task PutAsync(StoredDecision decision, CancellationToken ct) => WriteAsync(
        decision, "DO UPDATE SET decided_at = $2, result = $3, reason = $4, detail = $5, price = $6, inputs = $7, times = times + 1", ct);

    /// <summary>Stores a decision unless there is one on the order already.</summary>
    /// <returns>True when it was stored.</returns>
    /// <inheritdoc cref="PutAsync" path="/exception"/>
    public Task<bool> PutFirstAsync(StoredDecision decision, CancellationToken ct) => WriteAsync(decision, "DO NOTHING", ct);

    /// <summary>The latest decision on an order; null when there is none (any more).</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<StoredDecision?> FindAsync(OrderId order, CancellationToken ct) => _rows.FindAsync("WHERE order_id = $1", [order.ToString()], ct);

    /// <summary>The latest decisions, newest first.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<IReadOnlyList<StoredDecision>> ListRecentAsync(int limit, CancellationToken ct) =>
        _rows.ListAsync("ORDER BY decided_at DESC, rowid DESC LIMIT $1", [limit], ct);

    /// <summary>Orders by result and reason since a moment, most frequent first.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<IReadOnlyList<DecisionCount>> CountByReasonAsync(DateTimeOffset since, CancellationToken ct) =>
        _core.Readers.ReadAsync<IReadOnlyList<DecisionCount>>(session => Count(session, since), ct);

    /// <summary>Forgets some decisions that are older than <paramref name="before"/> or beyond the newest <paramref name="keep"/>.</summary>
    /// <returns>How many were forgotten; call again while it is <paramref name="limit"/>.</returns>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<int> PruneAsync(DateTimeOffset before, int keep, int limit, CancellationToken ct) =>
        _core.Writer.WriteAsync(
            session =>
            {
                var surplus = Math.Max(0, (session.FindInteger("SELECT count(*) FROM decision") ?? 0) - keep);
                return session.Execute(
                    """
                    DELETE FROM decision WHERE rowid IN (
                        SELECT rowid FROM (SELECT rowid, decided_at, row_number() OVER (ORDER BY decided_at, rowid) AS place FROM decision ORDER BY decided_at, rowid LIMIT $3)
                        WHERE decided_at < $1 OR place <= $2)
                    """,
                    before.ToMs(),
                    surplus,
                    limit);
            },
            ct);

    private Task<bool> WriteAsync(StoredDecision decision, string whenKnown, CancellationToken ct)
    {
        LedgerText.Key(decision.Reason, MaxReason, nameof(decision));
        LedgerJson.Checked(decision.InputsJson, nameof(decision));
        return _core.Writer.WriteAsync(
            session => session.Execute(
                $"INSERT INTO decision (order_id, decided_at, result, reason, detail, price, inputs, times) VALUES ($1, $2, $3, $4, $5, $6, $7, 1) ON CONFLICT (order_id) {whenKnown}",
                decision.Order.ToString(),
                decision.DecidedAt.ToMs(),
                decision.Result.ToString(),
                decision.Reason,
                LedgerText.Cut(decision.Detail, MaxDetail),
                decision.Price is null ? null : LedgerText.Cut(decision.Price, MaxPrice),
                decision.InputsJson) == 1,
            ct);
    }

    private static List<DecisionCount> Count(SqlSession session, DateTimeOffset since)
    {
        var counts = new List<DecisionCount>();
        session.Visit(
            "SELECT result, reason, count(*) FROM decision WHERE decided_at >= $1 GROUP BY result, reason ORDER BY count(*) DESC, reason",
            row =>
            {
                try
                {
                    counts.Add(new(row.Name<DecisionResult>(0), row.Text(1), row.Integer(2)));
                }
                catch (DamagedRowException)
                {
                    // Counts for nothing here; reading the row as a decision sets it aside.
                }

                return true;
            },
            since.ToMs());
        return counts;
    }
}
