using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ProviderAgent.Chain.Tests.Scripted;

/// <summary>Keeps what is logged.</summary>
internal sealed class LogBook : ILoggerProvider
{
    private readonly ConcurrentQueue<(LogLevel Level, string Name, string Message)> _entries = new();

    public IReadOnlyList<(LogLevel Level, string Name, string Message)> Entries => [.. _entries];

    public bool Has(string eventName) => _entries.Any(entry => entry.Name == eventName);

    public ILogger CreateLogger(string categoryName) => new Page(_entries);

    public void Dispose()
    {
    }

    private sealed class Page(ConcurrentQueue<(LogLevel, string, string)> entries) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            entries.Enqueue((logLevel, eventId.Name ?? "", formatter(state, exception)));
    }
}
