namespace ProviderAgent.Ledger;

/// <summary>Which host port belongs to which service. A service keeps its port for the life of its lease, over restarts and updates.</summary>
public sealed class PortStore
{
    // The column container_port holds the port as the tenant names it to the outside: the service may listen elsewhere, and move.
    private const string Columns = "lease_id, service, container_port, protocol, host_port";
    private const int MaxService = 128;

    private readonly LedgerCore _core;
    private readonly TableReader<StoredPort> _rows;

    internal PortStore(LedgerCore core)
    {
        _core = core;
        _rows = new(core, "port", Columns, row =>
            new(new(row.Lease(0), row.Text(1), row.SmallInteger(2), row.Name<PortProtocol>(3)), row.SmallInteger(4)));
    }

    /// <summary>The port held for <paramref name="key"/>; takes the lowest free one of the range if none is held yet.</summary>
    /// <remarks>A port that is held already is returned even when it lies outside the range: tenants know it by now.</remarks>
    /// <param name="key">What the port is for.</param>
    /// <param name="range">Where to take a new one from.</param>
    /// <param name="busy">Ports that other programs of the host use.</param>
    /// <param name="ct">Stops the waiting as long as the write has not begun.</param>
    /// <returns>Null when every port of the range is held or busy.</returns>
    /// <exception cref="ArgumentException">A port, the range or the service's name is out of bounds.</exception>
    /// <exception cref="LedgerUnavailableException">Nothing was reserved.</exception>
    public Task<int?> ReserveAsync(PortKey key, PortRange range, IReadOnlySet<int> busy, CancellationToken ct)
    {
        LedgerText.Key(key.Service, MaxService, nameof(key));
        RequirePort(key.ExternalPort, nameof(key));
        RequirePort(range.First, nameof(range));
        RequirePort(range.Last, nameof(range));
        return _core.Writer.WriteAsync(session => Reserve(session, key, range, busy), ct);
    }

    /// <summary>Ports of one lease, by service and external port.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<IReadOnlyList<StoredPort>> ListAsync(LeaseId lease, CancellationToken ct) =>
        _rows.ListAsync("WHERE lease_id = $1 ORDER BY service, container_port, protocol", [lease.ToString()], ct);

    /// <summary>All ports that are held, by host port.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<IReadOnlyList<StoredPort>> ListAllAsync(CancellationToken ct) => _rows.ListAsync("ORDER BY host_port, protocol", [], ct);

    /// <summary>Gives one port back, for example because another program turned out to use it; without effect when it is not held.</summary>
    /// <exception cref="LedgerUnavailableException">It is still held.</exception>
    public Task ReleaseAsync(PortKey key, CancellationToken ct) =>
        _core.Writer.WriteAsync(
            session => session.Execute(
                "DELETE FROM port WHERE lease_id = $1 AND service = $2 AND container_port = $3 AND protocol = $4",
                key.Lease.ToString(),
                key.Service,
                key.ExternalPort,
                key.Protocol.ToString()),
            ct);

    /// <summary>Gives all ports of a lease back; without effect when there are none.</summary>
    /// <exception cref="LedgerUnavailableException">They are still held.</exception>
    public Task ReleaseAsync(LeaseId lease, CancellationToken ct) =>
        _core.Writer.WriteAsync(session => session.Execute("DELETE FROM port WHERE lease_id = $1", lease.ToString()), ct);

    private int? Reserve(SqlSession session, PortKey key, PortRange range, IReadOnlySet<int> busy)
    {
        var (lease, protocol) = (key.Lease.ToString(), key.Protocol.ToString());
        var held = session.FindInteger(
            "SELECT host_port FROM port WHERE lease_id = $1 AND service = $2 AND container_port = $3 AND protocol = $4",
            lease,
            key.Service,
            key.ExternalPort,
            protocol);
        if (held is { } port) return (int)port;

        if (FindFree(session, protocol, range, busy) is not { } free) return null;
        session.Execute(
            "INSERT INTO port (protocol, host_port, lease_id, service, container_port, reserved_at) VALUES ($1, $2, $3, $4, $5, $6)",
            protocol,
            free,
            lease,
            key.Service,
            key.ExternalPort,
            _core.NowMs);
        return free;
    }

    private static int? FindFree(SqlSession session, string protocol, PortRange range, IReadOnlySet<int> busy)
    {
        var taken = session
            .Query("SELECT host_port FROM port WHERE protocol = $1 AND host_port BETWEEN $2 AND $3", row => row.SmallInteger(0), protocol, range.First, range.Last)
            .ToHashSet();
        for (var port = range.First; port <= range.Last; port++)
        {
            if (!taken.Contains(port) && !busy.Contains(port)) return port;
        }

        return null;
    }

    private static void RequirePort(int port, string parameter)
    {
        if (port is < 1 or > 65535) throw new ArgumentOutOfRangeException(parameter, port, "a port is 1 to 65535");
    }
}
