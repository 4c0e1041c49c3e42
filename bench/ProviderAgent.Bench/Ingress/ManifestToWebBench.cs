using System.Globalization;
using System.Net;
using ProviderAgent.Bench.Reporting;
using ProviderAgent.Bench.World;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bench.Ingress;

/// <summary>From sending a manifest to the first answer of its web service by host name, through the daemon's nginx.</summary>
internal static class ManifestToWebBench
{
    public const string Name = "manifest-to-web";

    private const string Host = "bench.example.com";

    // Target of this project: at most so much above the service's own start, which is a few milliseconds here.
    private const double TargetMs = 1_000;

    private static readonly TimeSpan BlockTime = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <param name="program">The daemon.</param>
    /// <param name="image">An image with httpd that the engine holds already.</param>
    /// <param name="rounds">Leases, one after the other.</param>
    /// <param name="time">Clock.</param>
    /// <param name="ct">Stops.</param>
    public static async Task<BenchResult> RunAsync(string program, string image, int rounds, TimeProvider time, CancellationToken ct)
    {
        var port = LocalMarket.FreePort();
        await using var market = await LocalMarket.StartAsync(program, BlockTime, tenants: 1, ct);
        string[] settings =
        [
            "inventory.keep={storage: 1Gi}", "ingress.mode=nginx", "ingress.nginx={unit_directory: /proc/none}",
            string.Create(CultureInfo.InvariantCulture, $"ingress.http=\"127.0.0.1:{port}\""),
            string.Create(CultureInfo.InvariantCulture, $"ingress.https=\"127.0.0.1:{LocalMarket.FreePort()}\""),
        ];
        await using var daemon = await market.StartDaemonAsync(market.Chain.RpcAddress, settings, time, ct);
        using var tenant = market.Tenant(0);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };
        var sdl = Sdl(image);
        var took = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var lease = await Trades.OpenAsync(tenant, sdl, Coin.Parse("500000uact"), time, ct);
            await LeasesAsync(1);
            var begun = time.GetTimestamp();
            await tenant.SendManifestAsync(lease.Deployment.Dseq, sdl, ct);
            await Patience.ForAsync("an answer by host name", Limit, Pause, async stop => await IsServedAsync(stop) ? daemon : null, time, ct);
            took.Add(time.GetElapsedTime(begun).TotalMilliseconds);
            await tenant.CloseAsync(lease.Deployment.Dseq, CancellationToken.None);
            await LeasesAsync(0);
            await Patience.ForAsync("the end of the route", Limit, Pause, async stop => await IsServedAsync(stop) ? null : daemon, time, ct);
        }

        return new(Name, string.Create(CultureInfo.InvariantCulture, $"{rounds} leases one after the other, image {image} already here, nginx runs"),
        [
            new("manifest sent to HTTP 200 by host name, median", "ms", Percentiles.Median(took), Target: TargetMs),
            new("… longest", "ms", took.Max()),
        ]);

        Task LeasesAsync(int wanted) => Patience.ForAsync(
            "the lease", Limit, Pause, async stop => (await daemon.AskAsync("/api/v1/leases", stop)).GetProperty("leases").GetArrayLength() == wanted ? daemon : null, time, ct);

        async Task<bool> IsServedAsync(CancellationToken stop)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"))) { Headers = { Host = Host } };
            try
            {
                using var answer = await http.SendAsync(request, stop);
                return answer.StatusCode == HttpStatusCode.OK;
            }
            catch (HttpRequestException)
            {
                return false; // nginx starts, or takes new routes
            }
        }
    }

    private static string Sdl(string image) => """
        version: "2.0"
        services:
          web:
            image: IMAGE
            command: ["httpd", "-f", "-p", "80", "-h", "/www"]
            expose:
              - {port: 80, as: 80, accept: [HOST], to: [{global: true}]}
        profiles:
          compute:
            web: {resources: {cpu: {units: 0.1}, memory: {size: 64Mi}, storage: {size: 64Mi}}}
          placement:
            here: {attributes: {region: bench}, pricing: {web: {denom: uact, amount: 1000}}}
        deployment:
          web: {here: {profile: web, count: 1}}
        """.Replace("IMAGE", image, StringComparison.Ordinal).Replace("HOST", Host, StringComparison.Ordinal);
}
