using Microsoft.Data.Sqlite;

namespace ProviderAgent.Ledger;

/// <summary>One open connection with its prepared statements. Used by one thread at a time.</summary>
internal sealed class SqlSession : IDisposable
{
    /// <summary>How long a statement waits for a lock that a foreign program holds, in seconds. Our own parts never wait for each other.</summary>
    private const int BusySeconds = 5;

    // SQLITE_DBSTATUS_CACHE_WRITE.
    private const int CacheWrites = 9;

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);
    private int _pagesAtCheckpoint;

    private SqlSession(SqliteConnection connection) => _connection = connection;

    /// <exception cref="SqliteException">The file cannot be opened or is no database.</exception>
    public static SqlSession OpenWriter(string file)
    {
        var session = Open(file, SqliteOpenMode.ReadWriteCreate);
        try
        {
            // FULL, not NORMAL: intents, money and manifests must survive a power cut, not only a killed process.
            session.Execute("PRAGMA journal_mode=WAL");
            session.Execute("PRAGMA synchronous=FULL");
            session.Execute("PRAGMA temp_store=MEMORY");
            session.Execute("PRAGMA trusted_schema=OFF");
            session.Execute("PRAGMA secure_delete=ON"); // removed manifests carry registry passwords
            session.Execute("PRAGMA journal_size_limit=67108864"); // give a grown write-ahead log back to the disk
            session.Execute("PRAGMA wal_autocheckpoint=0"); // the writer does it, after it has answered its callers
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Pages written to the write-ahead log since the last <see cref="Checkpoint"/>.</summary>
    public int LogPages => PagesWritten() - _pagesAtCheckpoint;

    /// <inheritdoc cref="OpenWriter"/>
    public static SqlSession OpenReader(string file) => Open(file, SqliteOpenMode.ReadOnly);

    /// <summary>Runs a statement to its end.</summary>
    /// <param name="sql">A constant text; parameters are written <c>$1</c>, <c>$2</c> and so on.</param>
    /// <param name="values">Their values in order: long, int, string, byte[] or null.</param>
    /// <returns>Number of rows changed.</returns>
    public int Execute(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteNonQuery();

    /// <summary>The integer in the first column of the first row; null when there is no row or the value is null.</summary>
    public long? FindInteger(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteScalar() is long value ? value : null;

    /// <summary>The text in the first column of the first row; null when there is no row or the value is null.</summary>
    public string? FindText(string sql, params ReadOnlySpan<object?> values) => Prepare(sql, values).ExecuteScalar() as string;

    /// <summary>All rows, mapped.</summary>
    public List<T> Query<T>(string sql, Func<LedgerRow, T> map, params ReadOnlySpan<object?> values)
    {
        var rows = new List<T>();
        using var reader = Prepare(sql, values).ExecuteReader();
        while (reader.Read()) rows.Add(map(new LedgerRow(reader)));
        return rows;
    }

    /// <summary>Visits rows one by one until <paramref name="visit"/> returns false.</summary>
    public void Visit(string sql, Func<LedgerRow, bool> visit, params ReadOnlySpan<object?> values)
    {
        using var reader = Prepare(sql, values).ExecuteReader();
        while (reader.Read() && visit(new LedgerRow(reader)))
        {
        }
    }

    /// <summary>Makes the statement that runs now fail with SQLITE_INTERRUPT. The only member that another thread may call.</summary>
    public void Interrupt()
    {
        if (_connection.Handle is { } handle) SQLitePCL.raw.sqlite3_interrupt(handle);
    }

    /// <summary>Moves what is in the write-ahead log into the database, as far as no reader needs it; a later call does the rest.</summary>
    public void Checkpoint()
    {
        Execute("PRAGMA wal_checkpoint(PASSIVE)");
        _pagesAtCheckpoint = PagesWritten();
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values) command.Dispose();
        _connection.Dispose();
    }

    private static SqlSession Open(string file, SqliteOpenMode mode)
    {
        var text = new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, DefaultTimeout = BusySeconds, Pooling = false };
        var connection = new SqliteConnection(text.ConnectionString);
        try
        {
            connection.Open();
            return new(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Pages written to the log since this connection was opened.</summary>
    private int PagesWritten()
    {
        SQLitePCL.raw.sqlite3_db_status(_connection.Handle, CacheWrites, out var written, out _, 0);
        return written;
    }

    private SqliteCommand Prepare(string sql, ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
#pragma warning disable CA2100 // every text comes from a constant of this assembly; values travel as parameters
            command.CommandText = sql;
#pragma warning restore CA2100
            for (var i = 0; i < values.Length; i++) command.Parameters.Add(new SqliteParameter { ParameterName = $"${i + 1}" });
            _commands.Add(sql, command);
        }

        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }
}
