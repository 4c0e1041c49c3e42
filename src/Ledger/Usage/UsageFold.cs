namespace ProviderAgent.Ledger;

/// <summary>Turns old usage rows into rows per day. The seal keeps the hash of the last row folded, so the rows after it still chain.</summary>
internal sealed class UsageFold(LedgerCore core)
{
    public Task<int> RunAsync(DateTimeOffset before, int limit, CancellationToken ct) =>
        core.Writer.WriteAsync(session => Fold(session, before.ToMs(), limit), ct);

    private int Fold(SqlSession session, long beforeMs, int limit)
    {
        // A row that ends in the future was stamped by a wrong clock; waiting for its time would keep every row behind it.
        var future = core.Time.GetUtcNow().AddDays(1).ToMs();
        var start = UsageSeals.End(session);
        var last = start;
        var days = new SortedDictionary<UsageDayKey, UsageDay>();
        var broken = UsageChain.Walk(session, start, limit, row =>
        {
            if (row.ToMs >= beforeMs && row.ToMs <= future) return false;
            if (!TryAdd(days, row)) return false;
            last = new(row.Seq, row.Hash);
            return true;
        });
        if (broken is not null) core.Quarantine.ReportChained(UsageChain.Name, $"row {broken.Row}: {broken.Detail}; older rows are folded no further");
        if (last.Seq == start.Seq) return 0;

        UsageSeals.Add(session, start, last, core.NowMs, days);
        return session.Execute("DELETE FROM usage WHERE seq <= $1", last.Seq);
    }

    /// <returns>False when the day's sum would not fit into 64 bits: the row goes under the next seal.</returns>
    private static bool TryAdd(SortedDictionary<UsageDayKey, UsageDay> days, UsageRow row)
    {
        var key = UsageDayKey.Of(row);
        try
        {
            days[key] = days.GetValueOrDefault(key) + row;
            return true;
        }
        catch (OverflowException)
        {
            return false;
        }
    }
}
