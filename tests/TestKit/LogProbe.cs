using Microsoft.Extensions.Logging;

namespace ProviderAgent.TestKit;

/// <summary>A logger that remembers what was logged.</summary>
public sealed class LogProbe<T> : ILogger<T>
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];

    /// <summary>Everything so far, oldest first.</summary>
    public IReadOnlyList<Entry> Entries
    {
        get
        {
            lock (_gate) return [.. _entries];
        }
    }

    public bool Has(string eventName) => Entries.Any(entry => entry.EventName == eventName);

    public int Count(string eventName) => Entries.Count(entry => entry.EventName == eventName);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_gate) _entries.Add(new(logLevel, eventId.Id, eventId.Name ?? "", formatter(state, exception), exception));
    }

    public sealed record Entry(LogLevel Level, int EventId, string EventName, string Message, Exception? Error);
}
