namespace ProviderAgent.Ledger;

/// <summary>What is remembered of this host's GPUs: which must not be sold, and which order has which.</summary>
public sealed class GpuStore
{
    private const int MaxUuid = 128;
    private const int MaxReason = 1024;

    private readonly LedgerCore _core;
    private readonly TableReader<StoredGpuQuarantine> _quarantines;
    private readonly TableReader<StoredGpuPick> _picks;

    internal GpuStore(LedgerCore core)
    {
        _core = core;
        _quarantines = new(core, "gpu_quarantine", "uuid, reason, since_at", row => new(row.Text(0), row.Text(1), row.Time(2)));
        _picks = new(core, "gpu_pick", "order_id, uuid, unit, replica", row => new(row.Order(0), row.Text(1), row.SmallInteger(2), row.SmallInteger(3)));
    }

    /// <summary>GPUs that must not be sold, by UUID.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<IReadOnlyList<StoredGpuQuarantine>> ListQuarantinesAsync(CancellationToken ct) => _quarantines.ListAsync("ORDER BY uuid", [], ct);

    /// <summary>Stores that a GPU must not be sold; the first reason stays when there is one.</summary>
    /// <exception cref="ArgumentException">The UUID is empty or too long.</exception>
    /// <exception cref="LedgerUnavailableException">Not stored.</exception>
    public Task QuarantineAsync(StoredGpuQuarantine quarantine, CancellationToken ct)
    {
        LedgerText.Key(quarantine.Uuid, MaxUuid, nameof(quarantine));
        var reason = LedgerText.Cut(quarantine.Reason, MaxReason);
        return _core.Writer.WriteAsync(
            session => session.Execute(
                "INSERT INTO gpu_quarantine (uuid, reason, since_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", quarantine.Uuid, reason, quarantine.Since.ToMs()),
            ct);
    }

    /// <summary>A GPU may be sold again; without effect when nothing is held against it.</summary>
    /// <exception cref="LedgerUnavailableException">Not stored.</exception>
    public Task RestoreAsync(string uuid, CancellationToken ct) => _core.Writer.WriteAsync(session => session.Execute("DELETE FROM gpu_quarantine WHERE uuid = $1", uuid), ct);

    /// <summary>Which order has which GPU.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<IReadOnlyList<StoredGpuPick>> ListPicksAsync(CancellationToken ct) => _picks.ListAsync("ORDER BY order_id, unit, replica, uuid", [], ct);

    /// <summary>Stores what an order has, in place of what was stored for it.</summary>
    /// <exception cref="ArgumentException">A UUID is empty or too long.</exception>
    /// <exception cref="LedgerUnavailableException">Nothing was changed.</exception>
    public Task PutPicksAsync(OrderId order, IReadOnlyList<StoredGpuPick> picks, CancellationToken ct)
    {
        foreach (var pick in picks) LedgerText.Key(pick.Uuid, MaxUuid, nameof(picks));
        return _core.Writer.WriteAsync(
            session =>
            {
                session.Execute("DELETE FROM gpu_pick WHERE order_id = $1", order.ToString());
                foreach (var pick in picks)
                {
                    session.Execute(
                        "INSERT INTO gpu_pick (order_id, uuid, unit, replica, picked_at) VALUES ($1, $2, $3, $4, $5)", order.ToString(), pick.Uuid, pick.Unit, pick.Replica, _core.NowMs);
                }

                return picks.Count;
            },
            ct);
    }

    /// <summary>An order has no GPUs any more.</summary>
    /// <exception cref="LedgerUnavailableException">They are still stored.</exception>
    public Task RemovePicksAsync(OrderId order, CancellationToken ct) =>
        _core.Writer.WriteAsync(session => session.Execute("DELETE FROM gpu_pick WHERE order_id = $1", order.ToString()), ct);
}

/// <summary>A GPU that must not be sold.</summary>
/// <param name="Uuid">1 to 128 characters.</param>
/// <param name="Reason">Why; cut after 1024 characters.</param>
/// <param name="Since">When that was decided.</param>
public sealed record StoredGpuQuarantine(string Uuid, string Reason, DateTimeOffset Since);

/// <summary>A GPU that an order has.</summary>
/// <param name="Order">The order.</param>
/// <param name="Uuid">1 to 128 characters.</param>
/// <param name="Unit">Number of the resource unit.</param>
/// <param name="Replica">The replica within the unit.</param>
public sealed record StoredGpuPick(OrderId Order, string Uuid, int Unit, int Replica);
