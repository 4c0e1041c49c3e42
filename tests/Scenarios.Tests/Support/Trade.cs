using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ProviderAgent.Devnet.Hosting;
using ProviderAgent.Devnet.Tenant;
using ProviderAgent.Docker;
using ProviderAgent.Docker.Models;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Scenarios.Tests.Support;

/// <summary>A chain, a tenant, a real engine and the daemon, with a proxy on each of the daemon's two lines to the world.</summary>
internal sealed class Trade : IAsyncDisposable
{
    /// <summary>What a daemon on a busy machine may take for one step.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public const string Image = TradeConfig.Image;

    public const string Sdl = TradeConfig.Sdl;

    private readonly TempFolder _folder;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(20) };
    private readonly int _operatorPort = FreePort.Next();
    private readonly int _gatewayPort = FreePort.Next();
    private AgentProcess? _agent;

    private Trade(TempFolder folder, DevnetChain chain, string engineSocket)
    {
        _folder = folder;
        Chain = chain;
        Tenant = new(chain.TenantKey, new TenantOptions { Rpc = chain.RpcAddress });
        Blocks = new(chain.RpcAddress);
        ChainLine = FaultProxy.ToTcp(chain.RpcAddress);
        EngineLine = FaultProxy.ToUnix(_folder.File("engine.sock"), engineSocket);
        Engine = new DockerClientConfiguration(new($"unix://{engineSocket}")).CreateClient();
    }

    public DevnetChain Chain { get; }

    public DevnetTenant Tenant { get; }

    public BlockRecord Blocks { get; }

    /// <summary>Between the daemon and the chain.</summary>
    public FaultProxy ChainLine { get; }

    /// <summary>Between the daemon and the engine.</summary>
    public FaultProxy EngineLine { get; }

    public IDockerClient Engine { get; }

    /// <summary>The daemon that runs now.</summary>
    public AgentProcess Agent => _agent ?? throw new InvalidOperationException("no daemon was started");

    public string ConfigFile => _folder.File("config.yaml");

    public string StateFolder => _folder.File("state");

    public AccountAddress Provider => Chain.ProviderKey.Address;

    public int OperatorPort => _operatorPort;

    public int GatewayPort => _gatewayPort;

    /// <summary>A world in which the provider is registered and the daemon is ready.</summary>
    public static async Task<Trade> StartAsync(string engineSocket = MachineNeeds.DockerSocket)
    {
        var trade = await PrepareAsync(engineSocket);
        try
        {
            await trade.RegisterAsync();
            await trade.StartAgentAsync();
            return trade;
        }
        catch
        {
            await trade.DisposeAsync();
            throw;
        }
    }

    /// <summary>A world without a daemon.</summary>
    public static async Task<Trade> PrepareAsync(string engineSocket = MachineNeeds.DockerSocket)
    {
        var folder = new TempFolder();
        var chain = await DevnetChain.StartAsync(new DevnetOptions { Listen = "127.0.0.1:0", BlockTime = TimeSpan.FromMilliseconds(250), Home = folder.File("chain") });
        var trade = new Trade(folder, chain, engineSocket);
        trade.WriteConfig();
        return trade;
    }

    /// <summary>Added to the daemon's environment.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>The provider's key file.</summary>
    public string KeyFile => DevnetHome.Open(_folder.File("chain")).ProviderKeyFile;

    /// <summary>Writes the configuration; <paramref name="change"/> edits its text.</summary>
    public void WriteConfig(Func<string, string>? change = null)
    {
        var text = TradeConfig.Text(ChainLine.Port, KeyFile, _gatewayPort, _operatorPort, _folder.File("engine.sock"), StateFolder);
        File.WriteAllText(ConfigFile, change?.Invoke(text) ?? text);
    }

    public async Task RegisterAsync()
    {
        foreach (var verb in new string[][] { ["register"], ["cert", "publish"] })
        {
            var done = await CliAsync(verb);
            Assert.True(done.ExitCode == 0, done.Errors);
        }
    }

    /// <summary>Starts the daemon and waits until it is ready.</summary>
    public async Task StartAgentAsync()
    {
        LaunchAgent();
        await BecomesTrueAsync("the daemon's readiness", async () => Running() && (await _http.GetAsync(Url("/readyz"))).IsSuccessStatusCode);
    }

    /// <summary>Starts the daemon and waits for nothing.</summary>
    public void LaunchAgent() => _agent = Unprivileged is { } who
        ? AgentProcess.StartUnprivileged(Environment, who.User, who.Groups, "", "run", "--config", ConfigFile)
        : AgentProcess.Start(Environment, "run", "--config", ConfigFile);

    /// <summary>Runs the daemon as this user, with these further groups and no capability; null for the test's own user.</summary>
    public (int User, string Groups)? Unprivileged { get; set; }

    /// <summary>A file in the folder that all of this trade is kept in.</summary>
    public string PathOf(string name) => _folder.File(name);

    /// <summary>Gives all files of this trade to a user.</summary>
    public void GiveTo(int user)
    {
        using var chown = System.Diagnostics.Process.Start("chown", ["-R", $"{user}:{user}", _folder.Path]);
        chown.WaitForExit();
    }

    /// <summary>kill -9, and a new start.</summary>
    public async Task KillAndRestartAsync()
    {
        await Agent.KillAsync();
        await Agent.DisposeAsync();
        ChainLine.Release();
        EngineLine.Release();
        await StartAgentAsync();
    }

    public Task<CliResult> CliAsync(params IEnumerable<string> arguments) => AgentProcess.RunAsync([.. arguments, "--config", ConfigFile]);

    /// <summary>One of the operator's documents.</summary>
    public async Task<JsonNode> ReadAsync(string path) => await _http.GetFromJsonAsync<JsonNode>(Url(path)) ?? throw new InvalidDataException($"{path} is empty");

    public async Task<TenantBid> BidOnAsync(ulong dseq)
    {
        TenantBid? open = null;
        try
        {
            await BecomesTrueAsync("an open bid", async () => Running() && (open = (await Tenant.ListBidsAsync(dseq)).FirstOrDefault(bid => bid.State == "open")) is not null);
            return open!;
        }
        catch (TimeoutException error)
        {
            var why = await CliAsync("why", string.Create(CultureInfo.InvariantCulture, $"{Chain.TenantKey.Address}/{dseq}/1/1"));
            throw new TimeoutException($"{error.Message}\n{why.Output}{why.Errors}", error);
        }
    }

    public Task<TenantDeployment> DeployAsync(string sdl = Sdl) => Tenant.DeployAsync(sdl, Coin.Parse("5000000uact"));

    /// <summary>Takes the image away from the engine, so that it has to be pulled.</summary>
    public async Task ForgetImageAsync()
    {
        try
        {
            await Engine.Images.DeleteImageAsync(Image, new() { Force = true }, CancellationToken.None);
        }
        catch (DockerImageNotFoundException)
        {
            // Nobody has pulled it yet.
        }
    }

    /// <summary>From an order to a container that answers.</summary>
    public async Task<(LeaseId Lease, ContainerInspectResponse Container)> OpenLeaseAsync()
    {
        var deployment = await DeployAsync();
        var lease = await AcceptAsync(deployment.Dseq);
        await SendManifestAsync(deployment.Dseq);
        return (lease, await RunningContainerAsync(lease));
    }

    public async Task<LeaseId> AcceptAsync(ulong dseq) => (await Tenant.AcceptAsync((await BidOnAsync(dseq)).Id)).Id;

    /// <summary>Hands over the manifest; a gateway that does not know of the lease yet is asked again, as tenants' tools do.</summary>
    public Task SendManifestAsync(ulong dseq, string sdl = Sdl) => BecomesTrueAsync(
        "the gateway to take the manifest",
        async () =>
        {
            try
            {
                return (await Tenant.SendManifestAsync(dseq, sdl)).Count > 0;
            }
            catch (TenantException e) when (Running() && (e.Failure == TenantFailure.GatewayUnavailable || e.Code == 404))
            {
                return false;
            }
        });

    /// <summary>The one container of a lease with one service, once it runs and answers over HTTP.</summary>
    public async Task<ContainerInspectResponse> RunningContainerAsync(LeaseId lease)
    {
        await BecomesTrueAsync("the workload to answer over HTTP", async () => Running() && await AnswerAsync(lease) == "hello from the lease\n");
        var held = Assert.Single(await ContainersAsync(lease));
        return await Engine.Containers.InspectContainerAsync(held.ID, CancellationToken.None);
    }

    /// <summary>What the lease's web server says, by the way that its tenant is told; null when it says nothing.</summary>
    public async Task<string?> AnswerAsync(LeaseId lease)
    {
        var status = await Tenant.LeaseStatusAsync(lease);
        if (status?.ForwardedPorts?.GetValueOrDefault("web") is not [var port, ..]) return null;
        using var answer = await _http.GetAsync(new Uri($"http://127.0.0.1:{port.ExternalPort}/"));
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : null;
    }

    /// <summary>Containers of one lease; of all leases of this provider when it is null. Ended ones too.</summary>
    public async Task<IReadOnlyList<ContainerListResponse>> ContainersAsync(LeaseId? lease = null)
    {
        var label = lease is { } one ? $"provider-agent.lease={one}" : $"provider-agent.provider={Provider}";
        return [.. await Engine.Containers.ListContainersAsync(
            new() { All = true, Filters = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [label] = true } } }, CancellationToken.None)];
    }

    public async Task<int> CountNetworksAsync() => (await Engine.Networks.ListNetworksAsync(
        new() { Filters = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [$"provider-agent.provider={Provider}"] = true } } }, CancellationToken.None)).Count;

    /// <summary>What every trade must come to: one bid, nothing refused, everything torn down, and books that equal the chain's.</summary>
    public async Task EndAsync(LeaseId lease, long balanceBefore)
    {
        await Tenant.CloseAsync(lease.Deployment.Dseq);
        await BecomesTrueAsync(
            "the lease to be gone from the engine and the books",
            async () => Running() && (await ContainersAsync()).Count == 0 && await CountNetworksAsync() == 0 && (await ReadAsync("/api/v1/leases"))["leases"]!.AsArray().Count == 0);
        await BecomesTrueAsync(
            "the books to equal what the chain paid",
            async () => long.Parse((await ReadAsync("/api/v1/earnings"))["withdrawn"]?["uact"]?.ToString() ?? "0", CultureInfo.InvariantCulture) == Chain.BalanceOf(Provider, "uact") - balanceBefore);
        Assert.True(Chain.BalanceOf(Provider, "uact") > balanceBefore, "the lease earned nothing");
        var status = await ReadAsync("/api/v1/status");
        Assert.All(status["resources"]!.AsArray(), line => Assert.Equal(0, line!["used"]!.GetValue<long>()));
        await AssertOneBidAsync();
    }

    /// <summary>One bid on the chain, and no transaction of anybody that failed.</summary>
    public async Task AssertOneBidAsync()
    {
        var transactions = await Blocks.ListTransactionsAsync();
        Assert.Single(transactions, transaction => transaction.Has("EventBidCreated"));
        Assert.All(transactions, transaction => Assert.Equal(0, transaction.Code));
    }

    /// <summary>Waits for what the daemon brings about; a failure shows the daemon's log.</summary>
    public async Task BecomesTrueAsync(string what, Func<Task<bool>> probe)
    {
        try
        {
            await Eventually.BecomesTrueAsync(what, probe, Patience);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}; the daemon's log:\n{Agent.Log}", e.InnerException);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_agent is not null) await _agent.DisposeAsync();
        await KillProxyAsync();
        await ClearEngineAsync();
        await ChainLine.DisposeAsync();
        await EngineLine.DisposeAsync();
        Blocks.Dispose();
        Tenant.Dispose();
        Engine.Dispose();
        _http.Dispose();
        await Chain.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>kill -9 of the proxy and all its workers, where the daemon has started one: it outlives the daemon.</summary>
    public Task KillProxyAsync() => NginxLeftovers.EndAsync(Path.Combine(StateFolder, "ingress"));

    /// <summary>The processes of the proxy, and what it complained of: for the message of a test that failed.</summary>
    public string DescribeProxy()
    {
        var folder = Path.Combine(StateFolder, "ingress");
        var complaints = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "error.log", SearchOption.AllDirectories).SelectMany(File.ReadLines).TakeLast(10) : [];
        return $"nginx runs as {string.Join(", ", NginxLeftovers.Find(folder))}; its log ends with\n{string.Join('\n', complaints)}";
    }

    /// <summary>Takes away what a test that failed has left.</summary>
    private async Task ClearEngineAsync()
    {
        try
        {
            foreach (var container in await ContainersAsync()) await Engine.Containers.RemoveContainerAsync(container.ID, new() { Force = true, RemoveVolumes = true }, CancellationToken.None);
            var filter = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [$"provider-agent.provider={Provider}"] = true } };
            foreach (var network in await Engine.Networks.ListNetworksAsync(new() { Filters = filter }, CancellationToken.None)) await Engine.Networks.DeleteNetworkAsync(network.ID, CancellationToken.None);
        }
        catch (EngineUnavailableException)
        {
            // An engine of the test's own that did not come up again: it goes with all that it had.
        }
    }

    private Uri Url(string path) => new($"http://127.0.0.1:{_operatorPort}{path}");

    public bool Running() => !Agent.HasExited ? true : throw new OperationCanceledException($"the daemon has ended; its log:\n{Agent.Log}");
}
