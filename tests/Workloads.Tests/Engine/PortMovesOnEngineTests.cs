using System.Globalization;
using System.Net;
using ProviderAgent.Manifests;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Engine;

/// <summary>An update that moves a service to another port inside, on the real engine and through the real nginx.</summary>
public sealed class PortMovesOnEngineTests : IAsyncLifetime
{
    private const string Nginx = "/usr/sbin/nginx";
    private const string NoSuchImage = "127.0.0.1:5000/test/no-such-image:1";

    private readonly TempFolder _folder = new();
    private readonly int _http = FreePort.Next();
    private readonly WorkloadHost _host = new() { Guard = new OpenGuard() };

    public Task InitializeAsync()
    {
        _host.Configure = options => options.Network.Subnets = "10.222.0.0/16";
        _host.IngressFolder = _folder.Path;
        _host.ConfigureIngress = options => (options.Mode, options.Http, options.Https, options.StreamGrace) =
            (IngressMode.Nginx, string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_http}"), string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePort.Next()}"), TimeSpan.FromSeconds(1));
        return _host.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await NginxLeftovers.EndAsync(_folder.Path);
        _folder.Dispose();
    }

    [NeedsFact(Nginx, MachineNeeds.DockerSocket)]
    public async Task Update_ToAnotherPort_ReachesTheOldReplicaWhereItListensUntilTheNewOneIsThere()
    {
        var lease = _host.Market.Win(1);
        await _host.SendManifestAsync(lease, Web("old", 8080));
        await _host.WaitUntilActiveAsync(lease);
        await Eventually.BecomesTrueAsync("the old one by its name", async () => await GetAsync(_http) == "old");
        var outside = Assert.Single(_host.Leases[lease].Desired!.Containers[0].Ports).HostPort;
        Assert.Equal("old", await GetAsync(outside));

        // Its image cannot be had, so the update stays where it is: wanted is the new port, what runs has the old one.
        await _host.SendManifestAsync(lease, Web("new", 9090) with { Image = NoSuchImage });
        await _host.WaitForAsync(lease, "the problem is shown", view => view.Problems.ContainsKey("web") && view.Desired!.Containers[0].WebPorts is [9090]);
        await _host.Get<IngressKeeper>().KeepOnceAsync(CancellationToken.None);
        Assert.Equal("old", await GetAsync(_http));
        Assert.Equal("old", await GetAsync(outside));

        // As a restart of the daemon in the middle of it: what runs says itself where it listens.
        await _host.StopAsync();
        await _host.StartAsync();
        await _host.WaitForAsync(lease, "the lease is read again", view => view.Actual.Containers is [{ Condition: ContainerCondition.Running }]);
        await _host.Get<IngressKeeper>().KeepOnceAsync(CancellationToken.None);
        Assert.Equal("old", await GetAsync(_http));

        await _host.SendManifestAsync(lease, Web("new", 9090));
        await Eventually.BecomesTrueAsync("the new one by its name", async () => await GetAsync(_http) == "new");
        Assert.Equal(outside, Assert.Single(_host.Leases[lease].Desired!.Containers[0].Ports).HostPort);
        Assert.Equal("new", await GetAsync(outside));
    }

    private static async Task<string> GetAsync(int port)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };
        http.DefaultRequestHeaders.Host = "www.example.org";
        http.DefaultRequestHeaders.ConnectionClose = true;
        using var answer = await http.GetAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{IPAddress.Loopback}:{port}/")));
        return (await answer.Content.ReadAsStringAsync()).Trim();
    }

    private static ManifestService Web(string word, uint port) => Build.Service() with
    {
        Image = WorkloadHost.Image,
        Args = ["sh", "-c", string.Create(CultureInfo.InvariantCulture, $"mkdir -p /www && echo {word} > /www/index.html && exec httpd -f -p {port} -h /www")],
        Expose =
        [
            new ServiceExpose { Port = port, ExternalPort = 80, Proto = ServiceExpose.Tcp, Global = true, Hosts = ["www.example.org"] },
            new ServiceExpose { Port = port, ExternalPort = 8000, Proto = ServiceExpose.Tcp, Global = true },
        ],
    };
}
