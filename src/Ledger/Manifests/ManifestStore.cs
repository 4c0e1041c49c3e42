namespace ProviderAgent.Ledger;

/// <summary>Accepted manifests: the latest of each lease and the one before it.</summary>
/// <remarks>They carry registry passwords and other secrets of tenants, hence the file's mode 0600, and removed ones are overwritten.</remarks>
public sealed class ManifestStore
{
    private const string Columns = "lease_id, hash, body, accepted_at";

    /// <summary>Latest and previous.</summary>
    private const int Kept = 2;

    // The gateway's own limit is far lower; a bound against mistakes.
    private const int MaxBytes = 8 << 20;

    private readonly LedgerCore _core;
    private readonly TableReader<StoredManifest> _rows;

    internal ManifestStore(LedgerCore core)
    {
        _core = core;
        _rows = new(core, "manifest", Columns, row => new(row.Lease(0), row.Hash(1), row.Bytes(2), row.Time(3)));
    }

    /// <summary>Stores an accepted manifest. When this returns, it may be deployed.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="hash">Hash of the whole manifest.</param>
    /// <param name="groupJson">The lease's group, at most 8 MiB.</param>
    /// <param name="ct">Stops the waiting as long as the write has not begun.</param>
    /// <returns>False when it is the latest one already: nothing changed.</returns>
    /// <exception cref="ArgumentException">Too many bytes.</exception>
    /// <exception cref="LedgerUnavailableException">Not stored: the tenant must be told to send it again.</exception>
    public Task<bool> PutAsync(LeaseId lease, ManifestHash hash, ReadOnlyMemory<byte> groupJson, CancellationToken ct) => PutAsync(lease, hash, groupJson, keep: null, ct);

    /// <inheritdoc cref="PutAsync(LeaseId, ManifestHash, ReadOnlyMemory{byte}, CancellationToken)"/>
    /// <param name="lease">The lease.</param>
    /// <param name="hash">Hash of the whole manifest.</param>
    /// <param name="groupJson">The lease's group, at most 8 MiB.</param>
    /// <param name="keep">An older one that stays beside the latest two; null for none.</param>
    /// <param name="ct">Stops the waiting as long as the write has not begun.</param>
    public Task<bool> PutAsync(LeaseId lease, ManifestHash hash, ReadOnlyMemory<byte> groupJson, ManifestHash? keep, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(groupJson.Length, MaxBytes);
        var body = groupJson.ToArray();
        return _core.Writer.WriteAsync(session => Put(session, lease.ToString(), hash.Hex, body, keep?.Hex), ct);
    }

    /// <summary>The latest manifest of a lease; null when none was accepted.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<StoredManifest?> FindAsync(LeaseId lease, CancellationToken ct) =>
        _rows.FindAsync("WHERE lease_id = $1 ORDER BY id DESC LIMIT 1", [lease.ToString()], ct);

    /// <summary>The one with that hash, if it is still kept.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<StoredManifest?> FindAsync(LeaseId lease, ManifestHash hash, CancellationToken ct) =>
        _rows.FindAsync("WHERE lease_id = $1 AND hash = $2 ORDER BY id DESC LIMIT 1", [lease.ToString(), hash.Hex], ct);

    /// <summary>The one before the latest; null when there is none.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<StoredManifest?> FindPreviousAsync(LeaseId lease, CancellationToken ct) =>
        _rows.FindAsync("WHERE lease_id = $1 ORDER BY id DESC LIMIT 1 OFFSET 1", [lease.ToString()], ct);

    /// <summary>Leases with a manifest and the hash of the latest, without the content.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public async Task<IReadOnlyDictionary<LeaseId, ManifestHash>> ListLatestAsync(CancellationToken ct)
    {
        var rows = await _rows.ListAsync("WHERE id IN (SELECT max(id) FROM manifest GROUP BY lease_id)", [], ct).ConfigureAwait(false);
        return rows.ToDictionary(row => row.Lease, row => row.Hash);
    }

    /// <summary>Forgets the manifests of a lease; without effect when there are none.</summary>
    /// <exception cref="LedgerUnavailableException">They are still there.</exception>
    public Task RemoveAsync(LeaseId lease, CancellationToken ct) =>
        _core.Writer.WriteAsync(session => session.Execute("DELETE FROM manifest WHERE lease_id = $1", lease.ToString()), ct);

    private bool Put(SqlSession session, string lease, string hash, byte[] body, string? keep)
    {
        if (session.FindText("SELECT hash FROM manifest WHERE lease_id = $1 ORDER BY id DESC LIMIT 1", lease) == hash) return false;
        session.Execute("INSERT INTO manifest (lease_id, hash, body, accepted_at) VALUES ($1, $2, $3, $4)", lease, hash, body, _core.NowMs);
        session.Execute(
            "DELETE FROM manifest WHERE lease_id = $1 AND id NOT IN (SELECT id FROM manifest WHERE lease_id = $1 ORDER BY id DESC LIMIT $2) AND hash <> $3", lease, Kept, keep ?? "");
        return true;
    }
}
