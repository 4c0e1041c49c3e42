using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProviderAgent.Bench.Reporting;
using ProviderAgent.Bench.World;
using ProviderAgent.Devnet.Tenant;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bench.ManifestToStarted;

/// <summary>From the acceptance of a manifest to the start of its container, beside the engine's own create and start of the same container.</summary>
internal static class ManifestBench
{
    public const string Name = "manifest-to-started";

    // Target of this project: at most this much above the engine's own time.
    private const double TargetMs = 50;

    // Text of the log line that is written as soon as the manifest is stored and the reconciler is woken.
    private const string AcceptedMark = "Workloads[4090]";

    private static readonly TimeSpan BlockTime = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <param name="program">The daemon.</param>
    /// <param name="image">An image that a registry has and the engine holds already; it must contain sleep.</param>
    /// <param name="rounds">Leases, and as many copies of their containers.</param>
    /// <param name="time">Clock.</param>
    /// <param name="ct">Stops.</param>
    public static async Task<BenchResult> RunAsync(string program, string image, int rounds, TimeProvider time, CancellationToken ct)
    {
        using var engine = new Engine();
        await engine.GetAsync($"images/{image}/json", ct); // a missing image is said at once
        await using var market = await LocalMarket.StartAsync(program, BlockTime, tenants: 1, ct);
        using var tenant = market.Tenant(0);
        var limited = await LimitedAsync(market, engine, tenant, image, rounds, time, ct);
        await using var daemon = await market.StartDaemonAsync(market.Chain.RpcAddress, ["inventory.keep={storage: 1Gi}"], time, ct);
        var (ours, theirs) = await RoundsAsync(daemon, engine, tenant, image, rounds, time, ct);
        var (ourMedian, engineMedian) = (Percentiles.Median(ours), Percentiles.Median(theirs));
        var differences = ours.Zip(theirs, (our, engineTime) => our - engineTime).ToArray();
        const string peer = "engine API: create and start of a copy, in turn";
        return new(Name, string.Create(CultureInfo.InvariantCulture, $"{rounds} leases one after the other, image {image} already here, {BlockTime.TotalMilliseconds} ms blocks"),
        [
            new("manifest accepted to container started, median", "ms", ourMedian, engineMedian, peer),
            new("manifest accepted to container started, p90", "ms", Percentiles.Of(ours, 0.9), Percentiles.Of(theirs, 0.9), peer),
            new("above the engine, difference of the medians", "ms", ourMedian - engineMedian, Target: TargetMs),
            new("above the engine, median of the differences", "ms", Percentiles.Median(differences)),
            new("with a file system of its own for the layer (backend loop), median", "ms", Percentiles.Median(limited), ourMedian, "ours without"),
        ]);
    }

    /// <summary>The same where the writable layer is held to its size by a file system that is made for it.</summary>
    private static async Task<IReadOnlyCollection<double>> LimitedAsync(LocalMarket market, Engine engine, DevnetTenant tenant, string image, int rounds, TimeProvider time, CancellationToken ct)
    {
        var disks = Directory.CreateDirectory($"/var/tmp/provider-agent-bench-{Guid.NewGuid():N}", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            await using var daemon = await market.StartDaemonAsync(
                market.Chain.RpcAddress, ["inventory.keep={storage: 1Gi}", $"workloads.volumes={{backend: loop, folder: \"{disks.FullName}\", helper_socket: /proc/none}}"], time, ct);
            return (await RoundsAsync(daemon, engine, tenant, image, rounds, time, ct)).Ours;
        }
        finally
        {
            disks.Delete(recursive: true);
        }
    }

    private static async Task<(List<double> Ours, List<double> Theirs)> RoundsAsync(Daemon daemon, Engine engine, DevnetTenant tenant, string image, int rounds, TimeProvider time, CancellationToken ct)
    {
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            var lease = await Trades.OpenAsync(tenant, Sdl(image), Coin.Parse("500000uact"), time, ct);
            try
            {
                await ManifestReadyAsync(daemon, engine, lease, time, ct);
                await tenant.SendManifestAsync(lease.Order.Dseq, Sdl(image), ct);
                var container = await RunningAsync(daemon, lease, time, ct);
                var inspected = await engine.GetAsync($"containers/{container}/json", ct);
                ours.Add((StartOf(inspected) - AcceptedAt(daemon, lease, time)).TotalMilliseconds);
                theirs.Add(await CopyAsync(engine, ContainerCopy.Of(inspected), time, ct));
            }
            finally
            {
                await tenant.CloseAsync(lease.Order.Dseq, CancellationToken.None);
                await GoneAsync(daemon, lease, time, CancellationToken.None);
            }
        }

        return (ours, theirs);
    }

    private static string Sdl(string image) => """
        version: "2.0"
        services:
          web:
            image: IMAGE
            command: ["sleep", "600"]
            expose:
              - {port: 80, as: 8080, to: [{global: true}]}
        profiles:
          compute:
            web: {resources: {cpu: {units: 0.1}, memory: {size: 64Mi}, storage: {size: 64Mi}}}
          placement:
            here: {attributes: {region: bench}, pricing: {web: {denom: uact, amount: 1000}}}
        deployment:
          web: {here: {profile: web, count: 1}}
        """.Replace("IMAGE", image, StringComparison.Ordinal);

    /// <summary>Waits until the daemon knows the lease and has made its network, as it has long before a real tenant's manifest comes.</summary>
    private static async Task ManifestReadyAsync(Daemon daemon, Engine engine, LeaseId lease, TimeProvider time, CancellationToken ct)
    {
        var filter = Uri.EscapeDataString($$"""{"label":["provider-agent.lease={{lease}}"]}""");
        await Patience.ForAsync("the lease's network", Limit, Pause, async stop => await engine.GetAsync($"networks?filters={filter}", stop) is JsonArray { Count: > 0 } found ? found : null, time, ct);
        await Patience.ForAsync("the lease", Limit, Pause, async stop => await RowAsync(daemon, lease, stop) is not null ? daemon : null, time, ct);
    }

    private static Task<string> RunningAsync(Daemon daemon, LeaseId lease, TimeProvider time, CancellationToken ct) => Patience.ForAsync(
        "the start of the container",
        Limit,
        Pause,
        async stop => await RowAsync(daemon, lease, stop) is { } row && row.GetProperty("stage").GetString() == "active"
            ? row.GetProperty("services")[0].GetProperty("containers")[0].GetString()
            : null,
        time,
        ct);

    private static async Task GoneAsync(Daemon daemon, LeaseId lease, TimeProvider time, CancellationToken ct) =>
        await Patience.ForAsync("the end of the lease", Limit, Pause, async stop => await RowAsync(daemon, lease, stop) is null ? daemon : null, time, ct);

    private static async Task<JsonElement?> RowAsync(Daemon daemon, LeaseId lease, CancellationToken ct)
    {
        foreach (var row in (await daemon.AskAsync("/api/v1/leases", ct)).GetProperty("leases").EnumerateArray())
        {
            if (row.GetProperty("lease").GetString() == lease.ToString()) return row;
        }

        return null;
    }

    private static async Task<double> CopyAsync(Engine engine, JsonNode settings, TimeProvider time, CancellationToken ct)
    {
        var asked = time.GetUtcNow();
        var id = await engine.RunAsync($"bench-{Guid.NewGuid():N}", settings, ct);
        try
        {
            return (StartOf(await engine.GetAsync($"containers/{id}/json", ct)) - asked).TotalMilliseconds;
        }
        finally
        {
            await engine.RemoveAsync(id, CancellationToken.None);
        }
    }

    private static DateTimeOffset StartOf(JsonNode inspected) =>
        DateTimeOffset.Parse(inspected["State"]?["StartedAt"]?.GetValue<string>() ?? "", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static DateTimeOffset AcceptedAt(Daemon daemon, LeaseId lease, TimeProvider time) =>
        daemon.WhenLogged(AcceptedMark, lease.ToString(), DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime))
        ?? throw new BenchException($"the daemon did not log that it took the manifest of {lease}");
}
