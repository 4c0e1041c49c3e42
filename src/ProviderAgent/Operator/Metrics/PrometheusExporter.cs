using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace ProviderAgent.Operator.Metrics;

/// <summary>Renders the instruments of this process, and the sample sources, as one Prometheus text at each scrape.</summary>
/// <remarks>Stands in for the OpenTelemetry package of the same name; see docs/adr/0005-scrape-endpoint.md.</remarks>
internal sealed class PrometheusExporter : BaseExporter<Metric>
{
    private const int MaxSeriesPerFamily = 5_000;
    private const int CollectTimeoutMs = 2_000;

    // The SDK sets memory aside for all of them at once (2 000 by default, 170 kB for each instrument). Tags of ours have few values.
    private const int MaxSeriesPerInstrument = 200;

    /// <summary>The rooms that measure something. A test compares this with the meters of the assemblies that the program is made of.</summary>
    internal static readonly string[] Rooms = ["Bidding", "Chain", "Docker", "Gateway", "Inventory", "Ledger", "Metering", "Workloads"];

    // A meter has the name of its room's assembly. Not as a pattern: that would bring in the regular expression compiler, a good part
    // of the time and memory of a start.
    private static readonly string[] Meters =
    [
        .. Rooms.Select(room => $"ProviderAgent.{room}"),
        "System.Runtime",
        "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Server.Kestrel",
    ];

    // From a write to the ledger to a pull over a slow line.
    private static readonly double[] SecondsBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
    private static readonly double[] CountBounds = [1, 2, 5, 10, 20, 50, 100];

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly IReadOnlyList<ISampleSource> _sources;
    private readonly BaseExportingMetricReader _reader;
    private readonly MeterProvider _provider;
    private PrometheusSerializer _serializer = new();
    private bool _isDisposed;

    public PrometheusExporter(IEnumerable<ISampleSource> sources)
    {
        _sources = [.. sources];
        _reader = new BaseExportingMetricReader(this) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative };
        _provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(Meters)
            .AddView(StreamOf)
            .AddReader(_reader)
            .Build();
    }

    /// <summary>The whole scrape. One at a time: the SDK collects into shared state.</summary>
    public async Task<string> CollectAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            _serializer = new();
            _reader.Collect(CollectTimeoutMs);
            var dropped = 0;
            foreach (var family in _sources.SelectMany(source => source.Collect())) dropped += _serializer.Write(family, MaxSeriesPerFamily);
            _serializer.Write(new SampleFamily("provider_metrics_dropped_series", "Series left out of this scrape because a family grew too large", IsCounter: false, [new([], dropped)]), 1);
            return _serializer.ToString();
        }
        finally
        {
            _one.Release();
        }
    }

    public override ExportResult Export(in Batch<Metric> batch)
    {
        foreach (var metric in batch) _serializer.Write(metric);
        return ExportResult.Success;
    }

    /// <summary>Bounds of its histograms, and room for as many series as it may have. The SDK's own bounds are meant for milliseconds; ours are in seconds.</summary>
    private static MetricStreamConfiguration StreamOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Unit: "s" } => new ExplicitBucketHistogramConfiguration { Boundaries = SecondsBounds, CardinalityLimit = MaxSeriesPerInstrument },
        Histogram<int> => new ExplicitBucketHistogramConfiguration { Boundaries = CountBounds, CardinalityLimit = MaxSeriesPerInstrument },
        // A gauge must not end in _count: that is the suffix of a histogram's parts.
        { Name: "dotnet.assembly.count" } => new MetricStreamConfiguration { Name = "dotnet.assemblies", CardinalityLimit = MaxSeriesPerInstrument },
        { Name: "dotnet.process.cpu.count" } => new MetricStreamConfiguration { Name = "dotnet.process.cpus", CardinalityLimit = MaxSeriesPerInstrument },
        { Name: "dotnet.timer.count" } => new MetricStreamConfiguration { Name = "dotnet.timers", CardinalityLimit = MaxSeriesPerInstrument },
        _ => new MetricStreamConfiguration { CardinalityLimit = MaxSeriesPerInstrument },
    };

    protected override void Dispose(bool disposing)
    {
        // The provider disposes of its reader, and that of this.
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            _provider.Dispose();
            _one.Dispose();
        }

        base.Dispose(disposing);
    }
}
