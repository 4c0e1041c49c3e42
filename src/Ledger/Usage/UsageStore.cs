namespace ProviderAgent.Ledger;

/// <summary>What the tenants' containers used: append-only, hash-chained, each interval counted once.</summary>
public sealed class UsageStore
{
    private const int MaxText = 128;

    private readonly LedgerCore _core;
    private readonly UsageFold _fold;

    internal UsageStore(LedgerCore core)
    {
        _core = core;
        _fold = new(core);
    }

    /// <summary>Appends intervals in one transaction. Repeating a call changes nothing.</summary>
    /// <returns>For each interval, in order, what became of it.</returns>
    /// <exception cref="ArgumentException">An interval ends before it begins, or an amount is negative.</exception>
    /// <exception cref="LedgerUnavailableException">None of them is stored.</exception>
    public Task<IReadOnlyList<UsageAppend>> AppendAsync(IReadOnlyList<UsageInterval> intervals, CancellationToken ct)
    {
        foreach (var interval in intervals) Require(interval);
        return _core.Writer.WriteAsync<IReadOnlyList<UsageAppend>>(session => Append(session, intervals), ct);
    }

    /// <summary>Where the stored usage of one run of a container ends; null when nothing is stored of it.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed: whether something is stored is unknown.</exception>
    public async Task<UsageEnd?> FindEndAsync(string containerId, DateTimeOffset startedAt, CancellationToken ct)
    {
        const string sql =
            """
            SELECT lease_id, service, replica, container_id, started_at, last_at, cpu_ns, rx_bytes, tx_bytes
            FROM usage_source WHERE container_id = $1 AND started_at = $2
            """;
        var ends = await _core.Readers.ReadAsync(session => session.Query(sql, ParseEnd, containerId, startedAt.ToMs()), ct).ConfigureAwait(false);
        return ends.Count == 0 ? null : ends[0];
    }

    /// <summary>Usage of a lease over all its time, by service.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<IReadOnlyList<UsageSum>> SumAsync(LeaseId lease, CancellationToken ct) =>
        _core.Readers.ReadAsync(session => UsageSums.Read(session, lease, _core.Quarantine), ct);

    /// <summary>Usage of every lease over all its time, by lease and service.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<IReadOnlyList<UsageSum>> SumAllAsync(CancellationToken ct) =>
        _core.Readers.ReadAsync(session => UsageSums.Read(session, null, _core.Quarantine), ct);

    /// <summary>Folds some of the oldest rows, those that end before <paramref name="before"/>, into rows per day, under a seal that keeps the chain verifiable.</summary>
    /// <remarks>Stops at a row that does not match its hash: folding must not hide a change.</remarks>
    /// <param name="before">Rows that end earlier are folded.</param>
    /// <param name="limit">Most rows at once; 5 000 take about a tenth of a second, during which no other write happens.</param>
    /// <param name="ct">Stops the waiting as long as the write has not begun.</param>
    /// <returns>How many rows were folded; call again while it is <paramref name="limit"/>.</returns>
    /// <exception cref="LedgerUnavailableException">Nothing was folded.</exception>
    public Task<int> FoldAsync(DateTimeOffset before, int limit, CancellationToken ct) => _fold.RunAsync(before, limit, ct);

    /// <summary>Forgets counters of some containers that were last seen before <paramref name="before"/> and whose rows are folded.</summary>
    /// <remarks>A container that still lives would be counted from its start again, so choose a moment long past.</remarks>
    /// <returns>How many were forgotten; call again while it is <paramref name="limit"/>.</returns>
    /// <exception cref="LedgerUnavailableException">None was forgotten.</exception>
    public Task<int> ForgetContainersAsync(DateTimeOffset before, int limit, CancellationToken ct) =>
        _core.Writer.WriteAsync(
            session => session.Execute(
                """
                DELETE FROM usage_source WHERE id IN (
                    SELECT id FROM usage_source s WHERE last_at < $1 AND NOT EXISTS (SELECT 1 FROM usage u WHERE u.source = s.id) LIMIT $2)
                """,
                before.ToMs(),
                limit),
            ct);

    private static List<UsageAppend> Append(SqlSession session, IReadOnlyList<UsageInterval> intervals)
    {
        using var hasher = new RowHasher();
        var head = ChainHead.Read(session, UsageChain.Name);
        var results = new List<UsageAppend>(intervals.Count);
        foreach (var interval in intervals) results.Add(Append(session, hasher, interval, ref head));
        if (results.Contains(UsageAppend.Added)) head.Write(session, UsageChain.Name);
        return results;
    }

    private static UsageAppend Append(SqlSession session, RowHasher hasher, UsageInterval interval, ref ChainHead head)
    {
        var (from, to) = (interval.From.ToMs(), interval.To.ToMs());
        var source = UsageSources.FindOrAdd(session, interval.Source, from, out var last);
        if (from < last) return to == last || IsStored(session, source, to) ? UsageAppend.Repeated : UsageAppend.Overlaps;

        // The end is hashed as it will be read back: to the millisecond.
        var known = interval.Source with { StartedAt = DateTimeOffset.FromUnixTimeMilliseconds(interval.Source.StartedAt.ToMs()) };
        var row = new UsageRow(head.Seq + 1, known, from, to, interval.Used, []);
        head = new(row.Seq, UsageChain.Hash(hasher, head.Hash, row));
        session.Execute(
            """
            INSERT INTO usage (seq, source, from_at, to_at, cpu_ns, memory_bs, rx_bytes, tx_bytes, measured_ms, gap_ms, hash)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            row.Seq,
            source,
            from,
            to,
            row.Used.CpuNanoseconds,
            row.Used.MemoryByteSeconds,
            row.Used.ReceivedBytes,
            row.Used.SentBytes,
            (long)row.Used.Measured.TotalMilliseconds,
            (long)row.Used.Gap.TotalMilliseconds,
            head.Hash);
        UsageSources.MoveEnd(session, source, to, interval.AtEnd);
        return UsageAppend.Added;
    }

    private static bool IsStored(SqlSession session, long source, long to) =>
        session.FindInteger("SELECT 1 FROM usage WHERE source = $1 AND to_at = $2", source, to) is not null;

    private static UsageEnd ParseEnd(LedgerRow row) => new(
        new(row.Lease(0), row.Text(1), row.SmallInteger(2), row.Text(3), row.Time(4)),
        row.Time(5),
        new(row.Integer(6), row.Integer(7), row.Integer(8)));

    private static void Require(UsageInterval interval)
    {
        LedgerText.Key(interval.Source.Service, MaxText, nameof(interval));
        LedgerText.Key(interval.Source.ContainerId, MaxText, nameof(interval));
        if (interval.To.ToMs() <= interval.From.ToMs()) throw new ArgumentException($"an interval must end after its begin, was {interval.From:O} to {interval.To:O}", nameof(interval));
        var (used, end) = (interval.Used, interval.AtEnd);
        if (used.CpuNanoseconds < 0 || used.MemoryByteSeconds < 0 || used.ReceivedBytes < 0 || used.SentBytes < 0 || used.Measured < TimeSpan.Zero || used.Gap < TimeSpan.Zero
            || end.CpuNanoseconds < 0 || end.ReceivedBytes < 0 || end.SentBytes < 0)
        {
            throw new ArgumentException($"usage cannot be negative: {used}, {end}", nameof(interval));
        }
    }
}
