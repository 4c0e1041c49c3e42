using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace ProviderAgent.Ledger.Tests;

/// <summary>A state directory of its own, a clock that stands still, and what was logged.</summary>
internal sealed class LedgerFixture : IDisposable
{
    private readonly TempFolder _folder = new();

    public ManualTimeProvider Time { get; } = new(Sample.Epoch);

    public MemoryLog Log { get; } = new();

    public string Directory => _folder.File("state");

    public string File => Path.Combine(Directory, "ledger.db");

    public LedgerDatabase Open() => LedgerDatabase.Open(Directory, Time, Log);

    public LedgerDatabase Open(LedgerSchema schema) => LedgerDatabase.Open(Directory, schema, Time, Log);

    /// <summary>Changes the file behind the ledger's back.</summary>
    public int Tamper(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    public void Dispose() => _folder.Dispose();
}

/// <summary>Keeps event names.</summary>
internal sealed class MemoryLog : ILogger
{
    private readonly ConcurrentQueue<string?> _events = new();

    public IEnumerable<string?> Events => _events;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _events.Enqueue(eventId.Name);
}
