namespace ProviderAgent.Ledger;

/// <summary>Every order that was seen, for trying price policies out on them.</summary>
public sealed class SeenOrderStore
{
    private const string Columns = "order_id, seen_at, body, winner, price, id";
    private const int MaxBody = 256 * 1024;
    private const int MaxPrice = 256;

    private readonly LedgerCore _core;
    private readonly TableReader<Numbered> _rows;

    internal SeenOrderStore(LedgerCore core)
    {
        _core = core;
        _rows = new(core, "seen_order", Columns, Read);
    }

    /// <summary>Stores an order; one that is stored already stays as it is.</summary>
    /// <exception cref="ArgumentException">The body is empty or larger than 256 KiB.</exception>
    /// <exception cref="LedgerUnavailableException">Not stored.</exception>
    public Task PutAsync(OrderId order, DateTimeOffset seenAt, byte[] body, CancellationToken ct)
    {
        if (body.Length is 0 or > MaxBody) throw new ArgumentException($"must be 1 to {MaxBody} bytes, was {body.Length}", nameof(body));
        return _core.Writer.WriteAsync(
            session => session.Execute("INSERT INTO seen_order (order_id, seen_at, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", order.ToString(), seenAt.ToMs(), body),
            ct);
    }

    /// <summary>Notes to whom an order went; of one that is not stored, nothing is noted. The first note stays.</summary>
    /// <exception cref="LedgerUnavailableException">Not stored.</exception>
    public Task NoteLeaseAsync(OrderId order, AccountAddress winner, string price, CancellationToken ct) => _core.Writer.WriteAsync(
        session => session.Execute("UPDATE seen_order SET winner = $2, price = $3 WHERE order_id = $1 AND winner IS NULL", order.ToString(), winner.Value, LedgerText.Cut(price, MaxPrice)),
        ct);

    /// <summary>One order; null when it is not stored.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public async Task<StoredOrder?> FindAsync(OrderId order, CancellationToken ct) => (await _rows.FindAsync("WHERE order_id = $1", [order.ToString()], ct).ConfigureAwait(false))?.Order;

    /// <summary>A page of orders, in the order in which they were seen.</summary>
    /// <param name="after">Number of the last row of the page before; 0 for the first page.</param>
    /// <param name="from">Not older than this.</param>
    /// <param name="to">Older than this.</param>
    /// <param name="limit">Most rows.</param>
    /// <param name="ct">Stops the reading.</param>
    /// <returns>The rows, and the number to go on with; null when there are no more.</returns>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public async Task<(IReadOnlyList<StoredOrder> Orders, long? Next)> ListAsync(long after, DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken ct)
    {
        var rows = await _rows.ListAsync(PageClause, [after, from.ToMs(), to.ToMs(), limit], ct).ConfigureAwait(false);
        return ([.. rows.Select(row => row.Order)], rows.Count > 0 ? rows[^1].Number : null);
    }

    /// <summary>Forgets some orders that are older than <paramref name="before"/> or beyond the newest <paramref name="keep"/>.</summary>
    /// <returns>How many were forgotten; call again while it is <paramref name="limit"/>.</returns>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<int> PruneAsync(DateTimeOffset before, int keep, int limit, CancellationToken ct) => _core.Writer.WriteAsync(
        session =>
        {
            var surplus = Math.Max(0, (session.FindInteger("SELECT count(*) FROM seen_order") ?? 0) - keep);
            return session.Execute(
                "DELETE FROM seen_order WHERE id IN (SELECT id FROM (SELECT id, seen_at, row_number() OVER (ORDER BY id) AS place FROM seen_order ORDER BY id LIMIT $3) WHERE seen_at < $1 OR place <= $2)",
                before.ToMs(),
                surplus,
                limit);
        },
        ct);

    internal const string PageClause = "WHERE id > $1 AND seen_at >= $2 AND seen_at < $3 ORDER BY id LIMIT $4";

    internal static Numbered Read(LedgerRow row) => new(row.Integer(5), new(row.Order(0), row.Time(1), row.Bytes(2), row.OptionalText(3), row.OptionalText(4)));

    internal sealed record Numbered(long Number, StoredOrder Order);
}
