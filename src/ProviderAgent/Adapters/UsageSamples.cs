using ProviderAgent.Metering;
using ProviderAgent.Operator.Metrics;

namespace ProviderAgent.Adapters;

/// <summary>What each container uses, as families of a scrape.</summary>
internal sealed class UsageSamples(UsageSampler sampler) : ISampleSource
{
    public IEnumerable<SampleFamily> Collect() => sampler.Snapshot()
        .GroupBy(series => series.Name)
        .Select(group => new SampleFamily(group.Key, group.First().Help, group.First().IsCounter, [.. group.Select(Sample)]));

    private static Sample Sample(UsageSeries series) => new(
        [
            new("lease", series.Lease.ToString()),
            new("service", series.Service),
            new("replica", series.Replica.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ],
        series.Value);
}
