using System.Globalization;
using System.Text.Json;
using ProviderAgent.Bench.Reporting;
using ProviderAgent.Bench.World;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads;

namespace ProviderAgent.Bench.Workloads;

/// <summary>What 100 running containers cost the daemon and the engine, and how soon a daemon that starts knows them all again.</summary>
internal static class FullHouseBench
{
    public const string Name = "full-house";

    private const int Leases = 10;
    private const int Replicas = 10;
    private const int Starts = 5;
    private const double TargetSweepMs = 100;
    private const double TargetSweepPercent = 0.5;
    private const double TargetReadoptionMs = 2_000;

    // Reads of the engine that a look at everything is made of.
    private static readonly string[] SweepCalls = ["container_list", "network_list", "volume_list", "container_inspect"];

    private static readonly TimeSpan Interval = new WorkloadOptions().ReconcileInterval;
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BlockTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <param name="program">The daemon.</param>
    /// <param name="image">What the containers run; the engine has it.</param>
    /// <param name="settle">How long it rests before it is looked at, and how long it is then watched.</param>
    /// <param name="time">Clock.</param>
    /// <param name="ct">Stops.</param>
    public static async Task<BenchResult> RunAsync(string program, string image, TimeSpan settle, TimeProvider time, CancellationToken ct)
    {
        await using var market = await LocalMarket.StartAsync(program, BlockTime, tenants: 1, ct);
        using var tenant = market.Tenant(0);
        var leases = new List<LeaseId>();
        await using (var daemon = await StartAsync(market, [], time, ct))
        {
            for (var i = 0; i < Leases; i++)
            {
                leases.Add(await Trades.OpenAsync(tenant, Sdl(image), Coin.Parse("5000000uact"), time, ct));
                await Trades.SendManifestAsync(tenant, leases[^1], Sdl(image), time, ct);
            }

            await AllRunAsync(daemon, time, ct);
        }

        try
        {
            var known = new List<double>();
            for (var i = 0; i < Starts; i++)
            {
                var begun = time.GetTimestamp();
                await using var daemon = await StartAsync(market, [], time, ct);
                await AllRunAsync(daemon, time, ct);
                known.Add(time.GetElapsedTime(begun).TotalMilliseconds);
            }

            // The same daemon with many looks and with few: the difference is what a look costs.
            var many = await WatchAsync(market, [string.Create(CultureInfo.InvariantCulture, $"workloads.reconcile_interval={Often.TotalSeconds}s")], settle, time, ct);
            var few = await WatchAsync(market, [], settle, time, ct);
            if (few.Looks < 1 || many.Looks < 2 * few.Looks) throw new BenchException("the engine was not looked at as often as asked for; use a longer --settle");
            var look = (many.ProcessorSeconds - few.ProcessorSeconds) / (many.Looks - few.Looks);
            return new(Name, string.Create(CultureInfo.InvariantCulture, $"{Leases} leases of {Replicas} replicas each, watched for {settle.TotalSeconds} s with {few.Looks} looks at the engine, and with {many.Looks}"),
            [
                new("one look at everything: time in the engine's calls", "ms", 1_000 * many.EngineSeconds / many.Looks, Target: TargetSweepMs),
                new("… processor time of the daemon", "ms", 1_000 * look),
                new($"… share of one core at its interval of {Interval.TotalSeconds} s", "%", 100 * look / Interval.TotalSeconds, Target: TargetSweepPercent),
                new("looks for another reason than the interval", "", few.LooksForReason),
                new("processor of the daemon, share of one core: all its loops, metering and the chain's blocks of 1 s included", "%", 100 * few.ProcessorSeconds / settle.TotalSeconds),
                new($"from the start of the process to all {Leases * Replicas} containers known as running, median of {Starts}", "ms", Percentiles.Median(known), Target: TargetReadoptionMs),
                new("… longest", "ms", known.Max()),
                new("resident memory (RSS)", "MiB", few.Rss),
            ]);
        }
        finally
        {
            await using var daemon = await StartAsync(market, [], time, CancellationToken.None);
            foreach (var lease in leases) await tenant.CloseAsync(lease.Deployment.Dseq, CancellationToken.None);
            await Patience.ForAsync("the end of the leases", Limit, Pause, async stop => (await RowsAsync(daemon, stop)).GetArrayLength() == 0 ? daemon : null, time, CancellationToken.None);
        }
    }

    /// <summary>Watches a daemon that nothing happens to.</summary>
    private static async Task<Watched> WatchAsync(LocalMarket market, IReadOnlyList<string> settings, TimeSpan settle, TimeProvider time, CancellationToken ct)
    {
        await using var daemon = await StartAsync(market, settings, time, ct);
        await AllRunAsync(daemon, time, ct);
        await Task.Delay(settle, time, ct);
        var (processor, before) = (ProcessFigures.ProcessorSeconds(daemon.Id), await Scrape.ReadAsync(market.OperatorAddress, ct));
        await Task.Delay(settle, time, ct);
        var (used, after) = (ProcessFigures.ProcessorSeconds(daemon.Id) - processor, await Scrape.ReadAsync(market.OperatorAddress, ct));
        var looks = Grown("provider_reconcile_duration_seconds_count");
        return new(
            (int)looks,
            (int)(looks - Grown("provider_reconcile_duration_seconds_count", "cause=\"interval\"")),
            SweepCalls.Sum(call => Grown("provider_engine_call_duration_seconds_sum", $"operation=\"{call}\"")),
            used,
            ProcessFigures.Memory(daemon.Id).Rss);

        double Grown(string metric, string? label = null) => after.Sum(metric, label) - before.Sum(metric, label);
    }

    private static Task<Daemon> StartAsync(LocalMarket market, IReadOnlyList<string> settings, TimeProvider time, CancellationToken ct) =>
        market.StartDaemonAsync(market.Chain.RpcAddress, ["workloads.stable_after=1s", .. settings], time, ct); // a manifest that has yet to prove itself is looked at once more

    private static string Sdl(string image) => $$$$"""
        version: "2.0"
        services:
          web:
            image: {{{{image}}}}
            command: ["sleep", "3600"]
            expose:
              - {port: 80, as: 8080, to: [{global: true}]}
        profiles:
          compute:
            web: {resources: {cpu: {units: 0.01}, memory: {size: 16Mi}, storage: {size: 16Mi}}}
          placement:
            here: {attributes: {region: bench}, pricing: {web: {denom: uact, amount: 1000}}}
        deployment:
          web: {here: {profile: web, count: {{{{Replicas}}}}}}
        """;

    private static async Task AllRunAsync(Daemon daemon, TimeProvider time, CancellationToken ct) => await Patience.ForAsync(
        $"{Leases * Replicas} running containers",
        Limit,
        Pause,
        async stop => (await RowsAsync(daemon, stop)).EnumerateArray().Sum(row => row.GetProperty("services").EnumerateArray().Sum(service => service.GetProperty("ready").GetInt32())) == Leases * Replicas ? daemon : null,
        time,
        ct);

    private static async Task<JsonElement> RowsAsync(Daemon daemon, CancellationToken ct) => (await daemon.AskAsync("/api/v1/leases", ct)).GetProperty("leases");

    /// <param name="Looks">Comparisons of containers with leases.</param>
    /// <param name="LooksForReason">Those among them that were made for another reason than the interval.</param>
    /// <param name="EngineSeconds">Time in the engine's calls that looks are made of.</param>
    /// <param name="ProcessorSeconds">Of the whole daemon.</param>
    /// <param name="Rss">Resident memory, MiB.</param>
    private sealed record Watched(int Looks, int LooksForReason, double EngineSeconds, double ProcessorSeconds, double Rss);
}
