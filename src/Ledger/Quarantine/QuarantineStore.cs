using Microsoft.Extensions.Logging;

namespace ProviderAgent.Ledger;

/// <summary>Damaged rows, set aside with their bytes so that one of them can neither stop the daemon nor vanish unseen.</summary>
public sealed partial class QuarantineStore
{
    private readonly LedgerWriter _writer;
    private readonly LedgerReaders _readers;
    private readonly TimeProvider _time;
    private readonly LedgerMetrics _metrics;
    private readonly ILogger _log;

    internal QuarantineStore(LedgerWriter writer, LedgerReaders readers, TimeProvider time, LedgerMetrics metrics, ILogger log) =>
        (_writer, _readers, _time, _metrics, _log) = (writer, readers, time, metrics, log);

    /// <summary>What was set aside, newest first.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<IReadOnlyList<QuarantinedRow>> ListAsync(int limit, CancellationToken ct) =>
        _readers.ReadAsync<IReadOnlyList<QuarantinedRow>>(
            session => session.Query(
                "SELECT id, source, reason, content, at FROM quarantine ORDER BY id DESC LIMIT $1",
                row => new QuarantinedRow(row.Integer(0), row.Text(1), row.Text(2), row.Text(3), row.Time(4)),
                limit),
            ct);

    /// <summary>Moves rows out of their table, unless they have been replaced by good ones meanwhile. Never throws: reading goes on without them.</summary>
    internal async Task SetAsideAsync(TableStatements table, IReadOnlyList<long> rows, Action<LedgerRow> parse, CancellationToken ct)
    {
        try
        {
            foreach (var row in rows)
            {
                var reason = await _writer.WriteAsync(session => SetAside(session, table, row, parse), ct).ConfigureAwait(false);
                if (reason is null) continue;
                _metrics.SetAside(table.Name);
                Log.RowSetAside(_log, table.Name, row, reason);
            }
        }
        catch (LedgerUnavailableException e)
        {
            Log.RowsStay(_log, table.Name, rows.Count, e);
        }
    }

    /// <summary>Says that damaged rows of a table were passed over that must stay where they are, because they are part of a hash chain.</summary>
    internal void ReportChained(string table, string reason)
    {
        _metrics.SetAside(table);
        Log.ChainedRowSkipped(_log, table, reason);
    }

    private string? SetAside(SqlSession session, TableStatements table, long row, Action<LedgerRow> parse)
    {
        string? reason = null;
        session.Visit(
            table.SelectRow,
            found =>
            {
                reason = Damage(found, parse);
                return false;
            },
            row);
        if (reason is null) return null;

        var content = session.Query(table.SelectWhole, found => found.Dump(1), row)[0];
        session.Execute("INSERT INTO quarantine (source, reason, content, at) VALUES ($1, $2, $3, $4)", table.Name, reason, content, _time.GetUtcNow().ToMs());
        session.Execute(table.Delete, row);
        return reason;
    }

    private static string? Damage(LedgerRow row, Action<LedgerRow> parse)
    {
        try
        {
            parse(row);
            return null;
        }
        catch (DamagedRowException e)
        {
            return e.Message;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7020, LogLevel.Error, "Damaged row {Row} of {Table} was set aside with its bytes ({Reason}); the rest of the table is used", EventName = "RowSetAside")]
        public static partial void RowSetAside(ILogger logger, string table, long row, string reason);

        [LoggerMessage(7021, LogLevel.Error, "{Count} damaged rows of {Table} cannot be set aside now; they are skipped and tried again", EventName = "RowsStay")]
        public static partial void RowsStay(ILogger logger, string table, int count, Exception error);

        [LoggerMessage(7022, LogLevel.Error, "A damaged row of {Table} was skipped ({Reason}); it stays for `ledger verify`, which names the first break", EventName = "ChainedRowSkipped")]
        public static partial void ChainedRowSkipped(ILogger logger, string table, string reason);
    }
}
