namespace ProviderAgent.Ledger;

/// <summary>What tenants' traffic looked like, one row for each lease and kind, for as long as the lease is open.</summary>
public sealed class SignalStore
{
    private const int MaxKind = 64;

    private readonly LedgerCore _core;
    private readonly TableReader<StoredSignal> _rows;

    internal SignalStore(LedgerCore core)
    {
        _core = core;
        _rows = new(core, "lease_signal", "lease_id, kind, first_at, last_at, seen", row => new(row.Lease(0), row.Text(1), row.Time(2), row.Time(3), row.Integer(4)));
    }

    /// <summary>All that is stored, by lease and the time when it was first seen.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<IReadOnlyList<StoredSignal>> ListAsync(CancellationToken ct) => _rows.ListAsync("ORDER BY lease_id, first_at, kind", [], ct);

    /// <summary>Inserts, or replaces the one of the lease and kind.</summary>
    /// <exception cref="ArgumentException">The kind is empty or too long.</exception>
    /// <exception cref="LedgerUnavailableException">Not stored.</exception>
    public Task PutAsync(StoredSignal signal, CancellationToken ct)
    {
        LedgerText.Key(signal.Kind, MaxKind, nameof(signal));
        return _core.Writer.WriteAsync(
            session => session.Execute(
                "INSERT OR REPLACE INTO lease_signal (lease_id, kind, first_at, last_at, seen) VALUES ($1, $2, $3, $4, $5)",
                signal.Lease.ToString(),
                signal.Kind,
                signal.FirstAt.ToMs(),
                signal.LastAt.ToMs(),
                signal.Count),
            ct);
    }

    /// <summary>Forgets all of a lease; without effect when there is none.</summary>
    /// <exception cref="LedgerUnavailableException">They are still stored.</exception>
    public Task RemoveAsync(LeaseId lease, CancellationToken ct) =>
        _core.Writer.WriteAsync(session => session.Execute("DELETE FROM lease_signal WHERE lease_id = $1", lease.ToString()), ct);
}

/// <summary>A sign of abuse.</summary>
/// <param name="Lease">Whose traffic it is.</param>
/// <param name="Kind">What it looks like; 1 to 64 characters.</param>
/// <param name="FirstAt">When it was first seen.</param>
/// <param name="LastAt">When it was last seen.</param>
/// <param name="Count">How much of it was counted.</param>
public sealed record StoredSignal(LeaseId Lease, string Kind, DateTimeOffset FirstAt, DateTimeOffset LastAt, long Count);
