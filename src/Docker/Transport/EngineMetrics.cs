using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ProviderAgent.Docker;

/// <summary>Meter <c>ProviderAgent.Docker</c>. Tags are names of calls, never ids.</summary>
internal sealed class EngineMetrics : IDisposable
{
    public const string MeterName = "ProviderAgent.Docker";

    private readonly Meter _meter;
    private readonly Histogram<double> _calls;
    private readonly UpDownCounter<long> _streams;

    public EngineMetrics(IMeterFactory? factory)
    {
        _meter = factory?.Create(MeterName) ?? new Meter(MeterName);
        _calls = _meter.CreateHistogram<double>(
            "provider_engine_call_duration_seconds", "s", "Time to the answer, or to its head where the answer is a stream.");
        _streams = _meter.CreateUpDownCounter<long>("provider_engine_streams", null, "Open logs, events, waits, pulls, archives and terminals.");
    }

    public void Called(string operation, string outcome, TimeSpan duration) =>
        _calls.Record(duration.TotalSeconds, new TagList { { "operation", operation }, { "outcome", outcome } });

    /// <summary>Counts a stream as open until the result is disposed.</summary>
    public IDisposable StreamOpened(string operation, IDisposable owner)
    {
        _streams.Add(1, new KeyValuePair<string, object?>("operation", operation));
        return new OpenStream(this, operation, owner);
    }

    public void Dispose() => _meter.Dispose();

    private sealed class OpenStream(EngineMetrics metrics, string operation, IDisposable owner) : IDisposable
    {
        private int _closed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _closed, 1) != 0) return;
            metrics._streams.Add(-1, new KeyValuePair<string, object?>("operation", operation));
            owner.Dispose();
        }
    }
}
