using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ProviderAgent.Bench.Reporting;
using ProviderAgent.Bench.World;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads;

namespace ProviderAgent.Bench.Ingress;

/// <summary>What a route through nginx costs: until it is in force, and for each request beside a direct connection.</summary>
internal static class IngressBench
{
    public const string Name = "ingress";

    private const int Requests = 2_000;
    private const int SideBySide = 32;
    private const int Changes = 10;
    private const int Hosts = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1_100); // the driver reloads at most once a second

    /// <param name="time">Clock.</param>
    /// <param name="ct">Stops.</param>
    public static async Task<BenchResult> RunAsync(TimeProvider time, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("provider-agent-bench-");
        var (backendPort, port) = (LocalMarket.FreePort(), LocalMarket.FreePort());
        var services = new ServiceCollection().AddLogging().AddMetrics().AddSingleton(time).AddSingleton(new IngressFolder(folder.FullName));
        services.AddIngress();
        services.Configure<IngressOptions>(options =>
        {
            options.Http = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
            options.Https = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{LocalMarket.FreePort()}");
            options.StreamGrace = TimeSpan.FromSeconds(1);
            options.Nginx.UnitDirectory = "/proc/none";
        });
        await using var provider = services.BuildServiceProvider();
        await using var backend = await BackendAsync(backendPort, ct);
        var driver = provider.GetRequiredService<NginxDriver>();
        try
        {
            var first = await ApplyAsync(driver, Routes(1, backendPort), time, ct);
            var changes = new List<double>();
            for (var count = 2; count <= Changes + 1; count++)
            {
                await Task.Delay(Pause, time, ct);
                changes.Add(await ApplyAsync(driver, Routes(count, backendPort), time, ct));
            }

            await Task.Delay(Pause, time, ct);
            var many = await ApplyAsync(driver, Routes(Hosts, backendPort), time, ct);
            var (direct, proxied) = (new Uri($"http://127.0.0.1:{backendPort}/"), new Uri($"http://127.0.0.1:{port}/"));
            await MeasureAsync(direct, 1, time, ct); // compiles what it uses
            var (directOne, proxiedOne) = (await MeasureAsync(direct, 1, time, ct), await MeasureAsync(proxied, 1, time, ct));
            var (directMany, proxiedMany) = (await MeasureAsync(direct, SideBySide, time, ct), await MeasureAsync(proxied, SideBySide, time, ct));
            const string peer = "direct connection to the same server";
            return new(Name, string.Create(CultureInfo.InvariantCulture, $"nginx of the daemon on loopback, {Requests} requests on kept connections, client and server in one process"),
            [
                new("first route, nginx started, in force", "ms", first),
                new("change of routes in force, median of 10", "ms", Percentiles.Median([.. changes]), Target: 1_000),
                new("500 host names in force", "ms", many),
                new("request, one connection, p50", "ms", Percentiles.Median(proxiedOne.Took), Percentiles.Median(directOne.Took), peer),
                new("… p99", "ms", Percentiles.Of(proxiedOne.Took, 0.99), Percentiles.Of(directOne.Took, 0.99), peer),
                new("requests a second, 32 connections", "1/s", proxiedMany.PerSecond, directMany.PerSecond, peer),
            ]);
        }
        finally
        {
            var processes = new NginxProcesses(new(NginxDriver.OwnFolder(new(folder.FullName))), time);
            if (processes.FindMaster() is { } master) NginxProcesses.Leave(master);
            await Patience.ForAsync("nginx to end", TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(50), _ => Task.FromResult(processes.FindMaster() is null ? folder : null), time, CancellationToken.None);
            folder.Delete(recursive: true);
        }
    }

    private static async Task<double> ApplyAsync(NginxDriver driver, ValueList<IngressRoute> routes, TimeProvider time, CancellationToken ct)
    {
        var begun = time.GetTimestamp();
        var report = await driver.ApplyAsync(new(routes, new Dictionary<string, ServingCertificate>()), ct);
        return report.IsServing ? time.GetElapsedTime(begun).TotalMilliseconds : throw new BenchException(report.Problem ?? "nginx does not serve");
    }

    private static ValueList<IngressRoute> Routes(int count, int port) => Enumerable.Range(0, count).Select(number => new IngressRoute(
        new(new(AccountAddress.Parse("akash1tenant"), (ulong)number + 1, 1, 1), AccountAddress.Parse("akash1provider")),
        "web",
        port,
        [string.Create(CultureInfo.InvariantCulture, $"h{number}.example.com")],
        [new IPEndPoint(IPAddress.Loopback, port)],
        new HttpOptions())).ToValueList();

    private static async Task<(double[] Took, double PerSecond)> MeasureAsync(Uri address, int sideBySide, TimeProvider time, CancellationToken ct)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = sideBySide });
        http.DefaultRequestHeaders.Host = "h0.example.com";
        var took = new double[Requests];
        var begun = time.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, Requests), new ParallelOptions { MaxDegreeOfParallelism = sideBySide, CancellationToken = ct }, async (number, stop) =>
        {
            var asked = time.GetTimestamp();
            using var answer = await http.GetAsync(address, stop);
            if (!answer.IsSuccessStatusCode) throw new BenchException($"{address} answers {(int)answer.StatusCode}");
            took[number] = time.GetElapsedTime(asked).TotalMilliseconds;
        });
        return (took, Requests / time.GetElapsedTime(begun).TotalSeconds);
    }

    private static async Task<WebApplication> BackendAsync(int port, CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        var backend = builder.Build();
        backend.Run(context => context.Response.WriteAsync("hello"));
        await backend.StartAsync(ct);
        return backend;
    }
}
