namespace ProviderAgent.Operator.Metrics;

/// <summary>One value with its labels, read from present state at scrape time.</summary>
/// <param name="Labels">Label names and values; the series is gone from the scrape as soon as the source no longer yields it.</param>
/// <param name="Value">In the family's unit.</param>
public readonly record struct Sample(IReadOnlyList<KeyValuePair<string, string>> Labels, double Value);

/// <summary>A family of samples: what a scrape shows under one name.</summary>
/// <param name="Name">Full Prometheus name with unit suffix; counters end in <c>_total</c>.</param>
/// <param name="Help">One line for people.</param>
/// <param name="IsCounter">True for values that only grow while their series lives.</param>
/// <param name="Samples">The series.</param>
public sealed record SampleFamily(string Name, string Help, bool IsCounter, IReadOnlyList<Sample> Samples);

/// <summary>Yields families whose labels name leases, services or devices.</summary>
/// <remarks>
/// Such values are not instruments: the metrics SDK keeps every label set it ever saw for the life of the process and folds those past
/// 2 000 into one, so a host that lives long would lose its newest leases.
/// </remarks>
public interface ISampleSource
{
    /// <summary>The present values. Must not block: reads memory only.</summary>
    IEnumerable<SampleFamily> Collect();
}
