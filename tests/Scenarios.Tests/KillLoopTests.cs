using System.Globalization;
using ProviderAgent.Marketplace;
using ProviderAgent.Scenarios.Tests.Support;

namespace ProviderAgent.Scenarios.Tests;

/// <summary>kill -9 of daemon, engine and proxy again and again while 50 services run: whoever pays for them notices nothing.</summary>
public sealed class KillLoopTests : IDisposable
{
    private const int Leases = 5;
    private const int ServicesOfALease = 10;

    private readonly int _httpPort = FreePort.Next();
    private readonly DiskFolder _disks = new();

    public void Dispose() => _disks.Dispose();

    [Trait(Pain.Trait, Pain.RestartLosesLeases)]
    [Trait(FaultRow.Trait, FaultRow.EngineRestart)]
    [NeedsRootFact("dockerd", "nft", "/usr/sbin/nginx", "mkfs.ext4", "losetup")]
    public async Task DaemonEngineAndProxyKilled_InLoops_NoneOf50ServicesIsRestartedLeftOverOrMissing()
    {
        await using var engine = await PrivateEngine.StartAsync();
        await using var trade = await Trade.PrepareAsync(engine.Socket);
        trade.WriteConfig(text => text
            .Replace("ingress: {mode: none}", string.Create(CultureInfo.InvariantCulture, $"ingress: {{http: \"127.0.0.1:{_httpPort}\", https: \"127.0.0.1:{FreePort.Next()}\", nginx: {{unit_directory: /proc/none}}}}"), StringComparison.Ordinal)
            .Replace("provider:\n", "provider:\n  ingress_domain: ingress.test\n", StringComparison.Ordinal)
            .Replace(TradeConfig.NoDisks, TradeConfig.LoopDisks(_disks.Path), StringComparison.Ordinal)
            .Replace("keep: {storage: 1Gi}", "keep: {storage: 1Gi}\n  storage_classes: {persistent: [beta2]}", StringComparison.Ordinal));
        await trade.RegisterAsync();
        await trade.StartAgentAsync();
        var leases = new List<LeaseId>();
        for (var i = 0; i < Leases; i++) leases.Add(await OpenAsync(trade));
        await AllRunAsync(trade, leases);
        var before = await StartsAsync(trade);
        Assert.Equal(Leases * ServicesOfALease, before.Count);
        Assert.Equal(Leases * (ServicesOfALease + 1), _disks.Devices().Count);
        foreach (var lease in leases) Assert.Equal("", await InsideAsync(trade, lease, $"echo {lease} > /data/value; echo {lease} > /value"));

        await trade.KillAndRestartAsync();
        await trade.KillProxyAsync();
        await EngineKilledAsync(trade, engine);
        await trade.KillProxyAsync();
        await AllKilledAsync(trade, engine);
        await UnchangedAsync(except: null);

        // The same while a lease ends and another begins.
        var ended = leases[0];
        await trade.Tenant.CloseAsync(ended.Deployment.Dseq);
        await AllKilledAsync(trade, engine);
        leases[0] = await OpenAsync(trade);
        await trade.KillAndRestartAsync();
        await EngineKilledAsync(trade, engine);
        await AllRunAsync(trade, leases);
        await trade.BecomesTrueAsync("the ended lease to be gone", async () => (await trade.ContainersAsync(ended)).Count == 0 && await trade.CountNetworksAsync() == Leases);
        Assert.Equal(Leases * ServicesOfALease, (await trade.ContainersAsync()).Count);
        await UnchangedAsync(except: ended);

        Assert.Equal(Leases * (ServicesOfALease + 1), _disks.Devices().Count);
        Assert.Equal("cat: can't open '/data/value': No such file or directory\n", await InsideAsync(trade, leases[0], "cat /data/value"));

        foreach (var lease in leases) await trade.Tenant.CloseAsync(lease.Deployment.Dseq);
        await trade.BecomesTrueAsync("every disk to be gone", () => Task.FromResult(_disks.IsEmpty));
        await trade.BecomesTrueAsync("everything to be gone", async () => (await trade.ContainersAsync()).Count == 0 && await trade.CountNetworksAsync() == 0);
        Assert.All(await trade.Blocks.ListTransactionsAsync(), transaction => Assert.Equal(0, transaction.Code));

        async Task UnchangedAsync(LeaseId? except)
        {
            await AllRunAsync(trade, leases);
            await AllAnswerAsync(trade, leases);
            var after = await StartsAsync(trade);
            var kept = before.Where(start => start.Value.Lease != except?.ToString()).ToDictionary();
            Assert.Equal(kept, after.Where(start => kept.ContainsKey(start.Key)).ToDictionary());
            foreach (var lease in leases.Skip(except is null ? 0 : 1)) Assert.Equal($"{lease}\n{lease}\n", await InsideAsync(trade, lease, "cat /data/value /value"));
        }
    }

    /// <summary>Runs a line of shell in a lease's first service.</summary>
    private static async Task<string> InsideAsync(Trade trade, LeaseId lease, string line)
    {
        var container = (await trade.ContainersAsync(lease)).Single(container => container.Labels["provider-agent.service"] == "s0");
        var created = await trade.Engine.Exec.ExecCreateContainerAsync(container.ID, new() { Cmd = ["sh", "-c", line], AttachStdout = true, AttachStderr = true }, CancellationToken.None);
        await using var stream = await trade.Engine.Exec.StartAndAttachContainerExecAsync(created.ID, tty: false, CancellationToken.None);
        var (output, errors) = await stream.ReadOutputToEndAsync(CancellationToken.None);
        return output + errors;
    }

    private static async Task<LeaseId> OpenAsync(Trade trade)
    {
        var sdl = Sdl();
        var deployment = await trade.DeployAsync(sdl);
        var lease = await trade.AcceptAsync(deployment.Dseq);
        await trade.SendManifestAsync(deployment.Dseq, sdl);
        return lease;
    }

    private static async Task EngineKilledAsync(Trade trade, PrivateEngine engine)
    {
        await engine.KillAsync();
        await engine.UpAsync();
        await trade.BecomesTrueAsync("the daemon to see the engine again", async () => (await trade.ReadAsync("/api/v1/status"))["engine"]!["ok"]!.GetValue<bool>());
    }

    private static async Task AllKilledAsync(Trade trade, PrivateEngine engine)
    {
        await engine.KillAsync();
        await trade.KillProxyAsync();
        await trade.Agent.KillAsync();
        await engine.UpAsync();
        await trade.KillAndRestartAsync();
    }

    private static Task AllRunAsync(Trade trade, IReadOnlyCollection<LeaseId> leases) => trade.BecomesTrueAsync(
        "every service to run",
        async () =>
        {
            var rows = (await trade.ReadAsync("/api/v1/leases"))["leases"]!.AsArray();
            return leases.All(lease => rows.Any(row => row!["lease"]!.ToString() == lease.ToString() && row["services"]!.AsArray().Sum(service => service!["ready"]!.GetValue<int>()) == ServicesOfALease));
        });

    /// <summary>The first service of each lease, by its host name.</summary>
    private async Task AllAnswerAsync(Trade trade, IReadOnlyCollection<LeaseId> leases)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };
        var latest = "";
        Eventually.OnFailureTell(() => $"; the latest was {latest}; {trade.DescribeProxy()}");
        await trade.BecomesTrueAsync("every web service to answer by its name", async () =>
        {
            var rows = (await trade.ReadAsync("/api/v1/leases"))["leases"]!.AsArray();
            var hosts = rows.SelectMany(row => row!["services"]!.AsArray()).SelectMany(service => service!["hosts"]!.AsArray()).Select(host => host!["host"]!.ToString()).ToArray();
            foreach (var host in hosts)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_httpPort}/"))) { Headers = { Host = host } };
                using var answer = await http.SendAsync(request);
                latest = $"{host}: {(int)answer.StatusCode}";
                if (!answer.IsSuccessStatusCode) return false;
            }

            latest = $"all of {hosts.Length}";
            return hosts.Length == leases.Count;
        });
    }

    /// <summary>Of every container, whose it is and when it was started, by its id.</summary>
    private static async Task<Dictionary<string, (string Lease, string StartedAt)>> StartsAsync(Trade trade)
    {
        var starts = new Dictionary<string, (string Lease, string StartedAt)>(StringComparer.Ordinal);
        foreach (var listed in await trade.ContainersAsync())
        {
            var container = await trade.Engine.Containers.InspectContainerAsync(listed.ID, CancellationToken.None);
            starts[listed.ID] = (listed.Labels["provider-agent.lease"], container.State.StartedAt);
        }

        return starts;
    }

    /// <summary>Ten services, the first of which can be reached from outside and has a persistent volume.</summary>
    private static string Sdl()
    {
        var names = Enumerable.Range(0, ServicesOfALease).Select(number => string.Create(CultureInfo.InvariantCulture, $"s{number}")).ToArray();
        return """
            version: "2.0"
            services:
            SERVICES
            profiles:
              compute:
                small: {resources: {cpu: {units: 0.02}, memory: {size: 16Mi}, storage: {size: 16Mi}}}
                stored: {resources: {cpu: {units: 0.02}, memory: {size: 16Mi}, storage: [{size: 16Mi}, {name: data, size: 16Mi, attributes: {persistent: true, class: beta2}}]}}
              placement:
                here: {pricing: {small: {denom: uact, amount: 100000}, stored: {denom: uact, amount: 100000}}}
            deployment:
            DEPLOYMENT
            """
            .Replace("SERVICES", Lines("  NAME: {image: IMAGE, command: [httpd, -f, -p, \"80\", -h, /www], expose: [{port: 80, to: [TO]}]PARAMS}"), StringComparison.Ordinal)
            .Replace("DEPLOYMENT", Lines("  NAME: {here: {profile: PROFILE, count: 1}}"), StringComparison.Ordinal);

        string Lines(string pattern) => string.Join('\n', names.Select(name => pattern
            .Replace("NAME", name, StringComparison.Ordinal)
            .Replace("IMAGE", Trade.Image, StringComparison.Ordinal)
            .Replace("PARAMS", name == names[0] ? ", params: {storage: {data: {mount: /data}}}" : "", StringComparison.Ordinal)
            .Replace("PROFILE", name == names[0] ? "stored" : "small", StringComparison.Ordinal)
            .Replace("TO", name == names[0] ? "{global: true}" : $"{{service: {names[0]}}}", StringComparison.Ordinal)));
    }
}
