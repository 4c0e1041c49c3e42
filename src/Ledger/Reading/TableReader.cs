namespace ProviderAgent.Ledger;

/// <summary>Reads rows of one table and has damaged ones set aside.</summary>
/// <param name="core">What the store works with.</param>
/// <param name="table">Name of the table.</param>
/// <param name="columns">What <paramref name="parse"/> reads; its column 0 is the first of these.</param>
/// <param name="parse">Makes a value of a row; throws <see cref="DamagedRowException"/> on anything malformed.</param>
internal sealed class TableReader<T>(LedgerCore core, string table, string columns, Func<LedgerRow, T> parse)
    where T : class
{
    private readonly TableStatements _statements = new(table, columns);

    /// <summary>All healthy rows that <paramref name="clause"/> selects.</summary>
    /// <param name="clause">WHERE, ORDER BY, LIMIT: a constant.</param>
    /// <param name="values">Parameters of the clause.</param>
    /// <param name="ct">Stops the reading.</param>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public async Task<IReadOnlyList<T>> ListAsync(string clause, object?[] values, CancellationToken ct)
    {
        var damaged = new List<long>();
        var good = await core.Readers.ReadAsync(session => Read(session, clause, values, damaged), ct).ConfigureAwait(false);
        if (damaged.Count > 0) await core.Quarantine.SetAsideAsync(_statements, damaged, row => parse(row), ct).ConfigureAwait(false);
        return good;
    }

    /// <summary>The first healthy row that <paramref name="clause"/> selects; null when there is none.</summary>
    /// <inheritdoc cref="ListAsync"/>
    public async Task<T?> FindAsync(string clause, object?[] values, CancellationToken ct)
    {
        var rows = await ListAsync(clause, values, ct).ConfigureAwait(false);
        return rows.Count > 0 ? rows[0] : default;
    }

    private List<T> Read(SqlSession session, string clause, object?[] values, List<long> damaged)
    {
        var good = new List<T>();
        session.Visit(
            _statements.Select + clause,
            row =>
            {
                try
                {
                    good.Add(parse(row));
                }
                catch (DamagedRowException)
                {
                    damaged.Add(row.Integer(row.ColumnCount - 1));
                }

                return true;
            },
            values);
        return good;
    }
}
