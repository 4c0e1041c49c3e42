namespace ProviderAgent.Ledger;

/// <summary>A usage row with the hash that stands beside it.</summary>
internal sealed record UsageRow(long Seq, UsageSource Source, long FromMs, long ToMs, UsageAmount Used, byte[] Hash);

/// <summary>Hashes of the usage chain: rows in the order in which they were stored.</summary>
internal static class UsageChain
{
    public const string Name = "usage";

    private const string Select =
        """
        SELECT u.seq, s.lease_id, s.service, s.replica, s.container_id, s.started_at,
               u.from_at, u.to_at, u.cpu_ns, u.memory_bs, u.rx_bytes, u.tx_bytes, u.measured_ms, u.gap_ms, u.hash
        FROM usage u LEFT JOIN usage_source s ON s.id = u.source ORDER BY u.seq LIMIT $1
        """;

    public static byte[] Hash(RowHasher hasher, byte[] previous, UsageRow row) => hasher
        .After(previous)
        .Add(row.Seq)
        .Add(row.Source.Lease.ToString())
        .Add(row.Source.Service)
        .Add(row.Source.Replica)
        .Add(row.Source.ContainerId)
        .Add(row.Source.StartedAt.ToMs())
        .Add(row.FromMs)
        .Add(row.ToMs)
        .Add(row.Used.CpuNanoseconds)
        .Add(row.Used.MemoryByteSeconds)
        .Add(row.Used.ReceivedBytes)
        .Add(row.Used.SentBytes)
        .Add((long)row.Used.Measured.TotalMilliseconds)
        .Add((long)row.Used.Gap.TotalMilliseconds)
        .Finish();

    /// <summary>Walks rows from the oldest kept one, checking each against the one before, until one breaks or <paramref name="visit"/> returns false.</summary>
    /// <param name="session">Connection to read on.</param>
    /// <param name="start">What the oldest kept row follows on: the last seal, or the origin.</param>
    /// <param name="limit">Most rows to walk.</param>
    /// <param name="visit">Gets each row that is chained correctly.</param>
    /// <returns>The first break; null when there is none.</returns>
    public static ChainBreak? Walk(SqlSession session, ChainHead start, long limit, Func<UsageRow, bool> visit)
    {
        using var hasher = new RowHasher();
        var last = start;
        ChainBreak? broken = null;
        session.Visit(
            Select,
            found =>
            {
                broken = Check(found, last, hasher, out var row);
                if (broken is not null || row is null) return false;
                last = new(row.Seq, row.Hash);
                return visit(row);
            },
            limit);
        return broken;
    }

    private static ChainBreak? Check(LedgerRow found, ChainHead last, RowHasher hasher, out UsageRow? row)
    {
        row = null;
        try
        {
            row = Parse(found);
        }
        catch (DamagedRowException e)
        {
            return new(Name, last.Seq + 1, e.Message);
        }

        if (row.Seq != last.Seq + 1) return new(Name, last.Seq + 1, $"the row is missing; the next one is {row.Seq}");
        return Hash(hasher, last.Hash, row).AsSpan().SequenceEqual(row.Hash) ? null : new(Name, row.Seq, "the row does not match its hash");
    }

    private static UsageRow Parse(LedgerRow row) => new(
        row.Integer(0),
        new(row.Lease(1), row.Text(2), row.SmallInteger(3), row.Text(4), row.Time(5)),
        row.Integer(6),
        row.Integer(7),
        new(row.Integer(8), row.Integer(9), row.Integer(10), row.Integer(11), row.Duration(12), row.Duration(13)),
        row.Bytes(14));
}
