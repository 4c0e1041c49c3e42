using ProviderAgent.Docker.Models;

namespace ProviderAgent.Workloads;

/// <summary>Bounds of what an image may ask of the engine for its health check. Each run costs this host a process outside of the tenant's limits.</summary>
/// <param name="ShortestInterval">Least pause between two runs.</param>
internal sealed record HealthCheckBounds(TimeSpan ShortestInterval)
{
    private const int DefaultRetries = 3;
    private const int MostRetries = 20;

    // What the engine takes for zero.
    private static readonly TimeSpan EngineDefault = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromHours(1);
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestStartPeriod = TimeSpan.FromHours(1);

    // The least that the engine takes; zero would be the image's own.
    private static readonly TimeSpan NoStartPeriod = TimeSpan.FromMilliseconds(1);

    /// <summary>Ten seconds: a hundred replicas take about a tenth of a core at that.</summary>
    public static HealthCheckBounds Default { get; } = new(TimeSpan.FromSeconds(10));

    /// <summary>What to write into a container in place of what its image says.</summary>
    /// <param name="image">The image's; null when it has none.</param>
    /// <param name="isOn">Whether images' checks are run at all.</param>
    /// <returns>Null when the image has nothing to be kept in bounds.</returns>
    public HealthConfig? Apply(HealthConfig? image, bool isOn)
    {
        if (image?.Test is not { Count: > 0 } test || test[0] == "NONE") return null;
        if (!isOn) return new() { Test = ["NONE"] };
        return new()
        {
            Test = [.. test],
            Interval = Between(image.Interval == TimeSpan.Zero ? EngineDefault : image.Interval, ShortestInterval, LongestInterval),
            Timeout = Between(image.Timeout == TimeSpan.Zero ? EngineDefault : image.Timeout, ShortestTimeout, LongestTimeout),
            // Engines that know an interval of its own for the start take it from the image, whatever is written here: then there is no start.
            StartPeriod = image.StartInterval != TimeSpan.Zero && image.StartInterval < ShortestInterval ? NoStartPeriod : Between(image.StartPeriod, TimeSpan.Zero, LongestStartPeriod),
            Retries = image.Retries == 0 ? DefaultRetries : Math.Clamp(image.Retries, 1, MostRetries),
        };
    }

    private static TimeSpan Between(TimeSpan value, TimeSpan least, TimeSpan most) => value < least ? least : value > most ? most : value;
}
