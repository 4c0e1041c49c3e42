namespace ProviderAgent.Ledger;

/// <summary>Leases of this provider, running and ended.</summary>
public sealed class LeaseStore
{
    private const string Columns =
        "lease_id, state, price, price_denom, price_per, created_at, created_tick, closed_at, closed_tick, close_reason, manifest, extra";

    private const int MaxState = 64;

    private readonly LedgerCore _core;
    private readonly TableReader<StoredLease> _rows;

    internal LeaseStore(LedgerCore core)
    {
        _core = core;
        _rows = new(core, "lease", Columns, Parse);
    }

    /// <summary>Stores a lease as a whole, in place of what was stored of it.</summary>
    /// <exception cref="ArgumentException">The state is empty or too long, or the extra is not JSON.</exception>
    /// <exception cref="LedgerUnavailableException">Not stored.</exception>
    public Task PutAsync(StoredLease lease, CancellationToken ct)
    {
        LedgerText.Key(lease.State, MaxState, nameof(lease));
        LedgerJson.Checked(lease.ExtraJson, nameof(lease));
        return _core.Writer.WriteAsync(
            session => session.Execute(
                """
                INSERT INTO lease (lease_id, state, price, price_denom, price_per, created_at, created_tick, closed_at, closed_tick, close_reason, manifest, extra, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
                ON CONFLICT (lease_id) DO UPDATE SET state = $2, price = $3, price_denom = $4, price_per = $5, created_at = $6, created_tick = $7,
                    closed_at = $8, closed_tick = $9, close_reason = $10, manifest = $11, extra = $12, updated_at = $13
                """,
                lease.Id.ToString(),
                lease.State,
                lease.Price.Amount.ToString(),
                lease.Price.Denom.Value,
                lease.Price.Per.ToString(),
                lease.CreatedAt.ToMs(),
                lease.CreatedTick?.Value,
                lease.ClosedAt?.ToMs(),
                lease.ClosedTick?.Value,
                lease.CloseReason.ToString(),
                lease.Manifest?.Hex,
                lease.ExtraJson,
                _core.NowMs),
            ct);
    }

    /// <summary>The lease; null when nothing is stored of it.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<StoredLease?> FindAsync(LeaseId id, CancellationToken ct) => _rows.FindAsync("WHERE lease_id = $1", [id.ToString()], ct);

    /// <summary>Leases that have not ended, by id.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<IReadOnlyList<StoredLease>> ListOpenAsync(CancellationToken ct) => _rows.ListAsync("WHERE closed_at IS NULL ORDER BY lease_id", [], ct);

    /// <summary>The latest leases, newest first.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<IReadOnlyList<StoredLease>> ListRecentAsync(int limit, CancellationToken ct) =>
        _rows.ListAsync("ORDER BY created_at DESC, lease_id LIMIT $1", [limit], ct);

    private static StoredLease Parse(LedgerRow row) => new()
    {
        Id = row.Lease(0),
        State = row.Text(1),
        Price = new(row.Decimal(2), row.Denom(3), row.Name<TimeBase>(4)),
        CreatedAt = row.Time(5),
        CreatedTick = row.OptionalTick(6),
        ClosedAt = row.OptionalTime(7),
        ClosedTick = row.OptionalTick(8),
        CloseReason = row.Name<LeaseCloseReason>(9),
        Manifest = row.OptionalHash(10),
        ExtraJson = row.Json(11),
    };
}
