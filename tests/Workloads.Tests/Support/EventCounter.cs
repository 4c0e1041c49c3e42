using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ProviderAgent.Workloads.Tests.Support;

/// <summary>Counts what the whole room logs, by the events' names.</summary>
internal sealed class EventCounter : ILoggerProvider, ILogger
{
    private const int Kept = 30;

    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _warnings = new();

    public EventCounter() => Eventually.OnFailureTell(() => Warnings);

    /// <summary>The latest warnings and errors, a line each.</summary>
    public string Warnings => string.Concat(_warnings.Select(warning => $"{Environment.NewLine}  {warning}"));

    public int Count(string eventName) => _counts.GetValueOrDefault(eventName);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _counts.AddOrUpdate(eventId.Name ?? "", 1, (_, count) => count + 1);
        if (logLevel < LogLevel.Warning) return;
        _warnings.Enqueue($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {eventId.Name}: {formatter(state, exception)} {exception?.GetType().Name} {exception?.Message}");
        if (_warnings.Count > Kept) _warnings.TryDequeue(out _);
    }

    public void Dispose()
    {
    }
}
