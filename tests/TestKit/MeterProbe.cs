using System.Diagnostics.Metrics;

namespace ProviderAgent.TestKit;

/// <summary>Makes meters and remembers everything that is measured with them.</summary>
public sealed class MeterProbe : IMeterFactory
{
    private readonly Lock _gate = new();
    private readonly List<Meter> _meters = [];
    private readonly MeterListener _listener = new();
    private readonly List<Reading> _readings = [];

    public MeterProbe()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            lock (_gate)
            {
                if (_meters.Contains(instrument.Meter)) listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options.Name);
        lock (_gate) _meters.Add(meter);
        return meter;
    }

    /// <summary>Sum of what a counter or histogram took with these tags (<c>key=value</c>).</summary>
    public double Sum(string instrument, params string[] tags) => Find(instrument, tags).Sum(reading => reading.Value);

    /// <summary>Waits until so much was counted with these tags: a count follows what it counts, and a test that saw the one has not seen the other yet.</summary>
    /// <exception cref="TimeoutException">It stayed less.</exception>
    public async Task AssertReachesAsync(double expected, string instrument, params string[] tags)
    {
        await Eventually.BecomesTrueAsync($"{expected} of {instrument} with {string.Join(", ", tags)}", () => Sum(instrument, tags) >= expected);
        if (Sum(instrument, tags) is var sum && sum > expected) throw new InvalidOperationException($"{instrument} with {string.Join(", ", tags)} counted {sum} and not {expected}");
    }

    /// <summary>How often something was measured with these tags.</summary>
    public int Count(string instrument, params string[] tags) => Find(instrument, tags).Count;

    /// <summary>The value that a gauge shows now; null when it shows none with these tags.</summary>
    public double? Gauge(string instrument, params string[] tags)
    {
        lock (_gate) _readings.RemoveAll(reading => reading.Instrument == instrument);
        _listener.RecordObservableInstruments();
        return Find(instrument, tags) is [.., var last] ? last.Value : null;
    }

    /// <summary>Names of all tags ever used: none may be an id.</summary>
    public IReadOnlyCollection<string> TagNames()
    {
        lock (_gate) return [.. _readings.SelectMany(reading => reading.Tags).Select(tag => tag.Split('=')[0]).Distinct()];
    }

    public void Dispose()
    {
        _listener.Dispose();
        lock (_gate) _meters.ForEach(meter => meter.Dispose());
    }

    private List<Reading> Find(string instrument, string[] tags)
    {
        lock (_gate) return [.. _readings.Where(reading => reading.Instrument == instrument && tags.All(reading.Tags.Contains))];
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var texts = tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}").ToArray();
        lock (_gate) _readings.Add(new(instrument.Name, value, texts));
    }

    private sealed record Reading(string Instrument, double Value, string[] Tags);
}
