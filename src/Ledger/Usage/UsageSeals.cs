namespace ProviderAgent.Ledger;

/// <summary>Seals over folded rows: a second chain, whose rows also cover the days they made.</summary>
internal static class UsageSeals
{
    public const string Name = "usage_seal";

    private const string SelectSeals = "SELECT seq, first_row, last_row, hash_before, hash_after, sealed_at, hash FROM usage_seal ORDER BY seq";

    private const string SelectDays =
        """
        SELECT day, lease_id, service, replica, cpu_ns, memory_bs, rx_bytes, tx_bytes, measured_ms, gap_ms, rows
        FROM usage_day WHERE seal = $1 ORDER BY id
        """;

    private sealed record Seal(long Seq, long FirstRow, long LastRow, byte[] HashBefore, byte[] HashAfter, long SealedAt, byte[] Hash);

    /// <summary>The last row that was folded: what the oldest kept row follows on.</summary>
    public static ChainHead End(SqlSession session)
    {
        var last = session.Query("SELECT last_row, hash_after FROM usage_seal ORDER BY seq DESC LIMIT 1", row => new ChainHead(row.Integer(0), row.Bytes(1)));
        return last.Count == 0 ? new(0, RowHasher.Origin) : last[0];
    }

    public static void Add(SqlSession session, ChainHead before, ChainHead after, long nowMs, SortedDictionary<UsageDayKey, UsageDay> days)
    {
        var head = ChainHead.Read(session, Name);
        var seal = new Seal(head.Seq + 1, before.Seq + 1, after.Seq, before.Hash, after.Hash, nowMs, []);
        foreach (var (key, day) in days) AddDay(session, seal.Seq, key, day);

        using var hasher = new RowHasher();
        var hash = Hash(hasher, head.Hash, seal, session);
        session.Execute(
            "INSERT INTO usage_seal (seq, first_row, last_row, hash_before, hash_after, sealed_at, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            seal.Seq,
            seal.FirstRow,
            seal.LastRow,
            seal.HashBefore,
            seal.HashAfter,
            seal.SealedAt,
            hash);
        new ChainHead(seal.Seq, hash).Write(session, Name);
    }

    /// <summary>Walks all seals.</summary>
    /// <param name="session">Connection to read on.</param>
    /// <param name="count">Seals that are chained correctly.</param>
    /// <returns>The first break; null when there is none.</returns>
    public static ChainBreak? Verify(SqlSession session, out long count)
    {
        using var hasher = new RowHasher();
        var (last, row) = (new ChainHead(0, RowHasher.Origin), new ChainHead(0, RowHasher.Origin));
        count = 0;
        foreach (var seal in session.Query(SelectSeals, Parse))
        {
            if (seal.Seq != last.Seq + 1) return new(Name, last.Seq + 1, $"the seal is missing; the next one is {seal.Seq}");
            if (seal.FirstRow != row.Seq + 1 || !seal.HashBefore.AsSpan().SequenceEqual(row.Hash)) return new(Name, seal.Seq, "the seal does not follow on the one before");
            if (!Hash(hasher, last.Hash, seal, session).AsSpan().SequenceEqual(seal.Hash)) return new(Name, seal.Seq, "the seal or a day under it does not match its hash");
            (last, row) = (new(seal.Seq, seal.Hash), new(seal.LastRow, seal.HashAfter));
            count++;
        }

        if (session.FindInteger("SELECT seal FROM usage_day WHERE seal > $1 ORDER BY seal LIMIT 1", last.Seq) is { } stray)
            return new(Name, stray, "days lie under a seal that is not there");
        var head = ChainHead.Read(session, Name);
        return head.Seq == last.Seq && head.Hash.AsSpan().SequenceEqual(last.Hash) ? null : new(Name, last.Seq + 1, $"the chain should end with seal {head.Seq}");
    }

    private static void AddDay(SqlSession session, long seal, UsageDayKey key, UsageDay day) =>
        session.Execute(
            """
            INSERT INTO usage_day (seal, day, lease_id, service, replica, cpu_ns, memory_bs, rx_bytes, tx_bytes, measured_ms, gap_ms, rows)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """,
            seal,
            key.Day,
            key.Lease,
            key.Service,
            key.Replica,
            day.Used.CpuNanoseconds,
            day.Used.MemoryByteSeconds,
            day.Used.ReceivedBytes,
            day.Used.SentBytes,
            (long)day.Used.Measured.TotalMilliseconds,
            (long)day.Used.Gap.TotalMilliseconds,
            day.Rows);

    private static byte[] Hash(RowHasher hasher, byte[] previous, Seal seal, SqlSession session)
    {
        hasher.After(previous).Add(seal.Seq).Add(seal.FirstRow).Add(seal.LastRow).Add(seal.HashBefore).Add(seal.HashAfter).Add(seal.SealedAt);
        session.Visit(
            SelectDays,
            day =>
            {
                hasher.Add(day.Integer(0)).AddText(day.Bytes(1)).AddText(day.Bytes(2)); // damaged text must not stop the verification
                for (var column = 3; column < day.ColumnCount; column++) hasher.Add(day.Integer(column));
                return true;
            },
            seal.Seq);
        return hasher.Finish();
    }

    private static Seal Parse(LedgerRow row) =>
        new(row.Integer(0), row.Integer(1), row.Integer(2), row.Bytes(3), row.Bytes(4), row.Integer(5), row.Bytes(6));
}
