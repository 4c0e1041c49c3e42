using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using ProviderAgent.Operator.Metrics;

namespace ProviderAgent.ProviderAgent.Tests.Operator;

public sealed class PrometheusSerializerTests : IDisposable
{
    private readonly Meter _meter = new($"test-{Guid.NewGuid():N}");

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void Write_Counter_GetsItsSuffixOnceAndLabels()
    {
        var text = Render(() =>
        {
            _meter.CreateCounter<long>("things", description: "Things done").Add(3, new("kind", "a\"b\\c\nd"), new("done", true));
            _meter.CreateCounter<double>("wait_seconds_total", "s").Add(0.5);
        });

        Assert.Equal(
            """
            # HELP things_total Things done
            # TYPE things_total counter
            things_total{done="true",kind="a\"b\\c\nd"} 3
            # HELP wait_seconds_total 
            # TYPE wait_seconds_total counter
            wait_seconds_total 0.5

            """,
            text);
    }

    [Fact]
    public void Write_Help_EscapesBackslashAndLineEndOnly()
    {
        var text = Render(() => _meter.CreateObservableGauge("level", () => 1, description: "say \"hi\" \\ and\nbye"));

        Assert.StartsWith("# HELP level say \"hi\" \\\\ and\\nbye\n# TYPE level gauge\nlevel 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_SpecialNumbers_AreSpelledAsPrometheusReadsThem()
    {
        double[] values = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e300, 0.1];

        var text = Render(() => _meter.CreateObservableGauge("level", () => values.Select((value, i) => new Measurement<double>(value, new KeyValuePair<string, object?>("i", i)))));

        Assert.Equal(["level{i=\"0\"} NaN", "level{i=\"1\"} +Inf", "level{i=\"2\"} -Inf", "level{i=\"3\"} 1E+300", "level{i=\"4\"} 0.1"], Values(text));
    }

    [Fact]
    public void Write_Histogram_HasCumulativeBucketsThatEndWithInfinity()
    {
        var text = Render(() =>
        {
            var sut = _meter.CreateHistogram<double>("wait", "s", "Waiting", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
            foreach (var value in new[] { 0.05, 0.1, 0.5, 7 }) sut.Record(value, new KeyValuePair<string, object?>("who", "me"));
        });

        Assert.Equal(
            """
            # HELP wait_seconds Waiting
            # TYPE wait_seconds histogram
            wait_seconds_bucket{who="me",le="0.1"} 2
            wait_seconds_bucket{who="me",le="1"} 3
            wait_seconds_bucket{who="me",le="+Inf"} 4
            wait_seconds_sum{who="me"} 7.65
            wait_seconds_count{who="me"} 4

            """,
            text);
    }

    [Theory]
    [InlineData("queue", "By", "queue_bytes")]
    [InlineData("queue_bytes", "By", "queue_bytes")]
    [InlineData("share", "1", "share_ratio")]
    [InlineData("jobs", "{job}", "jobs")]
    [InlineData("http.server.jobs", null, "http_server_jobs")]
    public void Write_Name_HasTheUnitAndNoOtherSigns(string name, string? unit, string shown)
    {
        var text = Render(() => _meter.CreateObservableUpDownCounter(name, () => 2L, unit));

        Assert.Contains($"# TYPE {shown} gauge\n{shown} 2\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_FamilyBeyondItsLimit_IsCutAndCounted()
    {
        var sut = new PrometheusSerializer();
        var samples = Enumerable.Range(0, 5).Select(i => new Sample([new("lease", $"l\"{i}")], i)).ToList();

        Assert.Equal(2, sut.Write(new SampleFamily("used_bytes", "Used", IsCounter: false, samples), 3));
        Assert.Equal(0, sut.Write(new SampleFamily("none", "Nothing", IsCounter: true, []), 3));

        Assert.Equal(["used_bytes{lease=\"l\\\"0\"} 0", "used_bytes{lease=\"l\\\"1\"} 1", "used_bytes{lease=\"l\\\"2\"} 2"], Values(sut.ToString()));
        Assert.DoesNotContain("none", sut.ToString(), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Values(string text) => text.TrimEnd('\n').Split('\n').Where(line => line[0] != '#');

    private string Render(Action measure)
    {
        var metrics = new List<Metric>();
        using var reader = new BaseExportingMetricReader(new Collector(metrics)) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative };
        using var provider = Sdk.CreateMeterProviderBuilder().AddMeter(_meter.Name).AddReader(reader).Build();
        measure();
        var sut = new PrometheusSerializer();
        reader.Collect(5_000);
        foreach (var metric in metrics) sut.Write(metric);
        return sut.ToString();
    }

    private sealed class Collector(List<Metric> metrics) : BaseExporter<Metric>
    {
        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch) metrics.Add(metric);
            return ExportResult.Success;
        }
    }
}
