using System.Globalization;

namespace ProviderAgent.Bench.World;

/// <summary>The daemon's metrics at one moment.</summary>
internal sealed class Scrape
{
    private readonly List<(string Name, string Labels, double Value)> _series = [];

    private Scrape()
    {
    }

    public static async Task<Scrape> ReadAsync(Uri operatorAddress, CancellationToken ct)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var scrape = new Scrape();
        foreach (var line in (await http.GetStringAsync(new Uri(operatorAddress, "/metrics"), ct)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] == '#' || line.IndexOf('{', StringComparison.Ordinal) is not (> 0 and var open)) continue;
            var close = line.LastIndexOf('}');
            scrape._series.Add((line[..open], line[(open + 1)..close], double.Parse(line[(close + 2)..].Split(' ')[0], CultureInfo.InvariantCulture)));
        }

        return scrape;
    }

    /// <summary>Sum of the series of a metric, or of those that have a label.</summary>
    /// <param name="name">Full name, with <c>_count</c> or <c>_sum</c> where it is a histogram.</param>
    /// <param name="label">As it is written, for example <c>operation="container_list"</c>; null for all.</param>
    public double Sum(string name, string? label = null) =>
        _series.Where(series => series.Name == name && (label is null || series.Labels.Split(',').Contains(label))).Sum(series => series.Value);
}
