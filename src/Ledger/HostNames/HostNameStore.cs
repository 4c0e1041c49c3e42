namespace ProviderAgent.Ledger;

/// <summary>Which lease holds which host name of a tenant's own.</summary>
public sealed class HostNameStore
{
    private const int MaxName = 253; // RFC 1123

    private readonly LedgerCore _core;
    private readonly TableReader<StoredHostName> _rows;

    internal HostNameStore(LedgerCore core)
    {
        _core = core;
        _rows = new(core, "host_name", "name, lease_id, proven_at", row => new(row.Text(0), row.Lease(1), row.OptionalTime(2)));
    }

    /// <summary>All names that are held, by name.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<IReadOnlyList<StoredHostName>> ListAsync(CancellationToken ct) => _rows.ListAsync("ORDER BY name", [], ct);

    /// <summary>Stores who holds these names, in place of what was stored for them: all or none.</summary>
    /// <exception cref="ArgumentException">A name is empty or too long.</exception>
    /// <exception cref="LedgerUnavailableException">Nothing was changed.</exception>
    public Task PutAsync(IReadOnlyList<StoredHostName> names, CancellationToken ct)
    {
        foreach (var name in names) LedgerText.Key(name.Name, MaxName, nameof(names));
        return _core.Writer.WriteAsync(
            session =>
            {
                foreach (var name in names)
                {
                    session.Execute(
                        "INSERT INTO host_name (name, lease_id, proven_at, held_at) VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO UPDATE SET lease_id = $2, proven_at = $3, held_at = $4",
                        name.Name,
                        name.Lease.ToString(),
                        name.ProvenAt?.ToMs(),
                        _core.NowMs);
                }

                return names.Count;
            },
            ct);
    }

    /// <summary>Nobody holds these names any more; without effect for those that nobody held.</summary>
    /// <exception cref="LedgerUnavailableException">They are all still held.</exception>
    public Task RemoveAsync(IReadOnlyList<string> names, CancellationToken ct) => _core.Writer.WriteAsync(
        session =>
        {
            foreach (var name in names) session.Execute("DELETE FROM host_name WHERE name = $1", name);
            return names.Count;
        },
        ct);
}

/// <summary>A host name that a lease holds.</summary>
/// <param name="Name">1 to 253 characters, lower case.</param>
/// <param name="Lease">The lease.</param>
/// <param name="ProvenAt">When its owner showed that it may be used; null when nobody has.</param>
public sealed record StoredHostName(string Name, LeaseId Lease, DateTimeOffset? ProvenAt);
