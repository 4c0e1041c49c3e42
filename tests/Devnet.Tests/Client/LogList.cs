using Microsoft.Extensions.Logging;

namespace ProviderAgent.Devnet.Tests.Client;

/// <param name="Name">Name of the event.</param>
/// <param name="Message">Its words.</param>
internal sealed record LogEntry(string Name, string Message);

/// <summary>Keeps what is logged.</summary>
internal sealed class LogList(List<LogEntry> entries) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (entries) entries.Add(new(eventId.Name ?? "", formatter(state, exception)));
    }

    public void Dispose()
    {
    }
}
