namespace ProviderAgent.Ledger;

/// <summary>The table of container runs: the long ids are stored once, and the last counters with them.</summary>
internal static class UsageSources
{
    /// <param name="session">The writer's connection.</param>
    /// <param name="source">The container run.</param>
    /// <param name="from">Where its usage begins if it is new, in milliseconds.</param>
    /// <param name="last">Where its stored usage ends, in milliseconds.</param>
    /// <returns>Its number.</returns>
    public static long FindOrAdd(SqlSession session, UsageSource source, long from, out long last)
    {
        var started = source.StartedAt.ToMs();
        var found = session.Query(
            "SELECT id, last_at FROM usage_source WHERE container_id = $1 AND started_at = $2", row => (Id: row.Integer(0), Last: row.Integer(1)), source.ContainerId, started);
        if (found.Count > 0)
        {
            last = found[0].Last;
            return found[0].Id;
        }

        last = from;
        return session.FindInteger(
            """
            INSERT INTO usage_source (lease_id, service, replica, container_id, started_at, last_at, cpu_ns, rx_bytes, tx_bytes)
            VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0) RETURNING id
            """,
            source.Lease.ToString(),
            source.Service,
            source.Replica,
            source.ContainerId,
            started,
            from) ?? 0;
    }

    public static void MoveEnd(SqlSession session, long source, long to, UsageCounters counters) =>
        session.Execute(
            "UPDATE usage_source SET last_at = $2, cpu_ns = $3, rx_bytes = $4, tx_bytes = $5 WHERE id = $1",
            source,
            to,
            counters.CpuNanoseconds,
            counters.ReceivedBytes,
            counters.SentBytes);
}
