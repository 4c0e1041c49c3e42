using System.Globalization;
using System.Text.Json;
using ProviderAgent.Bench.Reporting;
using ProviderAgent.Bench.World;
using ProviderAgent.Devnet.Tenant;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bench.Workloads;

/// <summary>What 100 running containers cost the daemon and the engine, and how soon a daemon that starts knows them all again.</summary>
internal static class FullHouseBench
{
    public const string Name = "full-house";

    private const int Leases = 10;
    private const int Replicas = 10;
    private const int Starts = 5;
    private const double TargetSweepMs = 100;
    private const double TargetReadoptionMs = 2_000;

    // Reads of the engine that a look at everything is made of.
    private static readonly string[] SweepCalls = ["container_list", "network_list", "volume_list", "container_inspect"];

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
        var tenant = market.Tenant(0);
        var leases = new List<LeaseId>();
        await using (var daemon = await market.StartDaemonAsync(market.Chain.RpcAddress, [], time, ct))
        {
            for (var i = 0; i < Leases; i++) leases.Add(await OpenAsync(tenant, Sdl(image), time, ct));
            await AllRunAsync(daemon, time, ct);
        }

        try
        {
            var known = new List<double>();
            for (var i = 0; i < Starts; i++)
            {
                var begun = time.GetTimestamp();
                await using var daemon = await market.StartDaemonAsync(market.Chain.RpcAddress, [], time, ct);
                await AllRunAsync(daemon, time, ct);
                known.Add(time.GetElapsedTime(begun).TotalMilliseconds);
            }

            await using var watched = await market.StartDaemonAsync(market.Chain.RpcAddress, [], time, ct);
            await AllRunAsync(watched, time, ct);
            await Task.Delay(settle, time, ct);
            var (before, callsBefore, since) = (ProcessFigures.ProcessorSeconds(watched.Id), await EngineCallsAsync(market.OperatorAddress, ct), time.GetTimestamp());
            await Task.Delay(settle, time, ct);
            var processor = 100 * (ProcessFigures.ProcessorSeconds(watched.Id) - before) / time.GetElapsedTime(since).TotalSeconds;
            var calls = await EngineCallsAsync(market.OperatorAddress, ct);
            var sweeps = calls["container_list"].Count - callsBefore["container_list"].Count;
            if (sweeps < 1) throw new BenchException("the engine was not looked at; use a longer --settle");
            var engine = 1_000 * SweepCalls.Sum(call => calls.GetValueOrDefault(call).Seconds - callsBefore.GetValueOrDefault(call).Seconds) / sweeps;
            var (rss, _, _) = ProcessFigures.Memory(watched.Id);
            return new(Name, string.Create(CultureInfo.InvariantCulture, $"{Leases} leases of {Replicas} replicas each, default intervals, watched for {settle.TotalSeconds} s with {sweeps} looks at the engine"),
            [
                new("one look at everything: time in the engine's calls", "ms", engine, Target: TargetSweepMs),
                new("processor of the daemon, share of one core: all its loops, metering and the chain's blocks of 1 s included", "%", processor),
                new($"from the start of the process to all {Leases * Replicas} containers known as running, median of {Starts}", "ms", Percentiles.Median(known), Target: TargetReadoptionMs),
                new("… longest", "ms", known.Max()),
                new("resident memory (RSS)", "MiB", rss),
            ]);
        }
        finally
        {
            await using var daemon = await market.StartDaemonAsync(market.Chain.RpcAddress, [], time, CancellationToken.None);
            foreach (var lease in leases) await tenant.CloseAsync(lease.Deployment.Dseq, CancellationToken.None);
            await Patience.ForAsync("the end of the leases", Limit, Pause, async stop => (await RowsAsync(daemon, stop)).GetArrayLength() == 0 ? daemon : null, time, CancellationToken.None);
        }
    }

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

    private static async Task<LeaseId> OpenAsync(DevnetTenant tenant, string sdl, TimeProvider time, CancellationToken ct)
    {
        var deployment = await tenant.DeployAsync(sdl, Coin.Parse("5000000uact"), ct);
        var bid = await Patience.ForAsync("a bid", Limit, Pause, async stop => await tenant.ListBidsAsync(deployment.Dseq, stop) is [var first, ..] ? first : null, time, ct);
        var lease = (await tenant.AcceptAsync(bid.Id, ct)).Id;
        await Patience.ForAsync("the manifest to be taken", Limit, TimeSpan.FromMilliseconds(100), SendAsync, time, ct);
        return lease;

        async Task<object?> SendAsync(CancellationToken stop)
        {
            try
            {
                return (await tenant.SendManifestAsync(deployment.Dseq, sdl, stop)).Count > 0 ? lease : null;
            }
            catch (TenantException error) when (error.Code == 404)
            {
                return null; // the daemon has not seen the lease yet
            }
        }
    }

    private static async Task AllRunAsync(Daemon daemon, TimeProvider time, CancellationToken ct) => await Patience.ForAsync(
        $"{Leases * Replicas} running containers",
        Limit,
        Pause,
        async stop => (await RowsAsync(daemon, stop)).EnumerateArray().Sum(row => row.GetProperty("services").EnumerateArray().Sum(service => service.GetProperty("ready").GetInt32())) == Leases * Replicas ? daemon : null,
        time,
        ct);

    private static async Task<JsonElement> RowsAsync(Daemon daemon, CancellationToken ct) => (await daemon.AskAsync("/api/v1/leases", ct)).GetProperty("leases");

    /// <summary>Number and total time of the engine's calls so far, by operation, from the daemon's own metrics.</summary>
    private static async Task<Dictionary<string, (double Count, double Seconds)>> EngineCallsAsync(Uri operatorAddress, CancellationToken ct)
    {
        const string metric = "provider_engine_call_duration_seconds_";
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var calls = new Dictionary<string, (double Count, double Seconds)>(StringComparer.Ordinal);
        foreach (var line in (await http.GetStringAsync(new Uri(operatorAddress, "/metrics"), ct)).Split('\n'))
        {
            if (!line.StartsWith(metric, StringComparison.Ordinal) || line.Split("operation=\"") is not [var name, var rest]) continue;
            var operation = rest[..rest.IndexOf('"', StringComparison.Ordinal)];
            var value = double.Parse(line[(line.LastIndexOf("} ", StringComparison.Ordinal) + 2)..].Split(' ')[0], CultureInfo.InvariantCulture);
            var (count, seconds) = calls.GetValueOrDefault(operation);
            if (name.StartsWith(metric + "count", StringComparison.Ordinal)) calls[operation] = (count + value, seconds);
            else if (name.StartsWith(metric + "sum", StringComparison.Ordinal)) calls[operation] = (count, seconds + value);
        }

        return calls;
    }
}
