using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace ProviderAgent.Operator.Metrics;

/// <summary>Writes metrics as Prometheus text (exposition format 0.0.4).</summary>
internal sealed class PrometheusSerializer
{
    private readonly StringBuilder _text = new(16 * 1024);

    public override string ToString() => _text.ToString();

    public void Write(Metric metric)
    {
        var name = Name(metric);
        switch (metric.MetricType)
        {
            case MetricType.LongSum or MetricType.DoubleSum:
                if (!name.EndsWith("_total", StringComparison.Ordinal)) name += "_total";
                Head(name, metric.Description, "counter");
                foreach (ref readonly var point in metric.GetMetricPoints())
                    Line(name, "", Labels(point.Tags), metric.MetricType == MetricType.LongSum ? point.GetSumLong() : point.GetSumDouble());
                break;
            case MetricType.Histogram:
                Head(name, metric.Description, "histogram");
                foreach (ref readonly var point in metric.GetMetricPoints()) Histogram(name, in point);
                break;
            case MetricType.LongGauge or MetricType.DoubleGauge or MetricType.LongSumNonMonotonic or MetricType.DoubleSumNonMonotonic:
                Head(name, metric.Description, GaugeType(name));
                foreach (ref readonly var point in metric.GetMetricPoints()) Line(name, "", Labels(point.Tags), Gauge(metric.MetricType, in point));
                break;
        }
    }

    /// <summary>Writes one family, at most <paramref name="limit"/> series of it; returns how many were left out.</summary>
    public int Write(SampleFamily family, int limit)
    {
        if (family.Samples.Count == 0) return 0;
        Head(family.Name, family.Help, family.IsCounter ? "counter" : GaugeType(family.Name));
        foreach (var sample in family.Samples.Take(limit)) Line(family.Name, "", Labels(sample.Labels), sample.Value);
        return Math.Max(0, family.Samples.Count - limit);
    }

    private void Histogram(string name, ref readonly MetricPoint point)
    {
        var labels = Labels(point.Tags);
        long below = 0;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            below += bucket.BucketCount;
            var bound = bucket.ExplicitBound == double.PositiveInfinity ? "+Inf" : Number(bucket.ExplicitBound);
            Line(name, "_bucket", labels.Length == 0 ? $"le=\"{bound}\"" : $"{labels},le=\"{bound}\"", below);
        }

        Line(name, "_sum", labels, point.GetHistogramSum());
        Line(name, "_count", labels, point.GetHistogramCount());
    }

    private void Head(string name, string? help, string type)
    {
        _text.Append("# HELP ").Append(name).Append(' ').Append((help ?? "").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
    }

    private void Line(string name, string suffix, string labels, double value)
    {
        _text.Append(name).Append(suffix);
        if (labels.Length > 0) _text.Append('{').Append(labels).Append('}');
        _text.Append(' ').Append(Number(value)).Append('\n');
    }

    /// <summary>A few gauges carry names that dashboards of this market know and that end like a counter's. Without a type no tool takes them for one.</summary>
    private static string GaugeType(string name) => name.EndsWith("_total", StringComparison.Ordinal) ? "untyped" : "gauge";

    private static double Gauge(MetricType type, ref readonly MetricPoint point) => type switch
    {
        MetricType.LongGauge => point.GetGaugeLastValueLong(),
        MetricType.DoubleGauge => point.GetGaugeLastValueDouble(),
        MetricType.LongSumNonMonotonic => point.GetSumLong(),
        _ => point.GetSumDouble(),
    };

    private static string Name(Metric metric)
    {
        var name = Plain(metric.Name);
        var suffix = metric.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            "1" => "_ratio",
            _ => "",
        };
        return suffix.Length > 0 && !name.Contains(suffix, StringComparison.Ordinal) ? name + suffix : name;
    }

    private static string Labels(ReadOnlyTagCollection tags)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in tags) Label(text, key, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", value is bool);
        return text.ToString();
    }

    private static string Labels(IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in labels) Label(text, key, value, lower: false);
        return text.ToString();
    }

    private static void Label(StringBuilder text, string key, string value, bool lower)
    {
        if (text.Length > 0) text.Append(',');
        var shown = lower ? value.ToLowerInvariant() : value;
        text.Append(Plain(key)).Append("=\"")
            .Append(shown.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal))
            .Append('"');
    }

    private static string Plain(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var c in name) text.Append(char.IsAsciiLetterOrDigit(c) || c == '_' ? c : '_');
        return text.ToString();
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
