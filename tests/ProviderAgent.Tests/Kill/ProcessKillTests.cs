using System.Diagnostics;
using System.Text.Json.Nodes;
using ProviderAgent.Cli.Verbs;
using ProviderAgent.Config;
using ProviderAgent.Devnet.Hosting;
using ProviderAgent.Devnet.Tenant;
using ProviderAgent.Marketplace;

namespace ProviderAgent.ProviderAgent.Tests.Kill;

/// <summary>Row 1 of the table of faults with a real process, a real ledger and kill -9: at each point of the journal, everything happens once on the chain.</summary>
/// <remarks>Takes seconds for each row, because that is how long two processes with a runtime of their own take to start.</remarks>
public sealed class ProcessKillTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _http = new();
    private DevnetChain? _chain;
    private DevnetTenant? _tenant;
    private Task _blocks = Task.CompletedTask;
    private volatile bool _isProducing;

    private DevnetChain Chain => _chain!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _blocks.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _tenant?.Dispose();
        if (_chain is not null) await _chain.DisposeAsync();
        _http.Dispose();
        _stop.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("bid", "before-save")]
    [InlineData("bid", "after-save")]
    [InlineData("bid", "in-pool")]
    [InlineData("bid", "before-close")]
    [InlineData("bid", "after-close")]
    [InlineData("close", "after-save")]
    [InlineData("close", "in-pool")]
    [InlineData("close", "before-close")]
    [InlineData("withdraw", "after-save")]
    [InlineData("withdraw", "in-pool")]
    [InlineData("withdraw", "before-close")]
    [InlineData("reclaim", "after-save")]
    [InlineData("reclaim", "in-pool")]
    [InlineData("reclaim", "before-close")]
    public async Task Row1_ProcessKilledAtAJournalPoint_HappensOnceOnTheChain(string verb, string point)
    {
        var lease = await PrepareAsync(verb);
        var from = Chain.Height;
        _isProducing = point != "in-pool"; // else it would not stay there
        using (var sender = Start(point, verb, lease))
        {
            if (point == "in-pool") await Eventually.BecomesTrueAsync("the transaction to wait in the pool", async () => (await AskAsync("num_unconfirmed_txs"))["n_txs"]!.GetValue<string>() == "1");
            else Assert.Equal(SenderProcess.Reached, await sender.StandardOutput.ReadLineAsync().WaitAsync(Patience));
            sender.Kill(); // SIGKILL: no handler runs, nothing is flushed
            await sender.WaitForExitAsync();
            Assert.Equal(137, sender.ExitCode);
        }

        _isProducing = true;
        Assert.Equal("", await RunAsync("settle", lease));
        var done = await CountAsync(verb, from);
        Assert.Equal(point == "before-save" ? 0 : 1, done);
        if (done == 0) Assert.Equal("done", await RunAsync(verb, lease));

        Assert.Equal(1, await CountAsync(verb, from));
        Assert.Equal("", await RunAsync("settle", lease)); // nothing is left that could do it again
        Assert.Equal(1, await CountAsync(verb, from));
    }

    /// <summary>A deployment, and a bid and a lease where the verb needs them.</summary>
    private async Task<LeaseId> PrepareAsync(string verb)
    {
        _chain = await DevnetChain.StartAsync(new() { Listen = "127.0.0.1:0", BlockTime = TimeSpan.Zero, Home = _folder.File("chain") });
        _http.BaseAddress = _chain.RpcAddress;
        _tenant = new(_chain.TenantKey, new() { Rpc = _chain.RpcAddress });
        _isProducing = true;
        _blocks = Task.Run(ProduceAsync);
        await File.WriteAllTextAsync(_folder.File("config.yaml"), $$"""
            chain:
              endpoints: [{rpc: "{{_chain.RpcAddress}}"}]
              poll_interval: 100ms
              subscribe: false
              confirm_on: 1
              key: {file: {{Path.Combine(_folder.File("chain"), "provider.key")}}}
            provider: {host_uri: https://provider.example.com:8443}
            state: {directory: {{_folder.File("state")}}}
            """);
        await OneOffMarket.RunAsync(
            ConfigLoaderFactory.Create().Load(new(_folder.File("config.yaml"), new Dictionary<string, string>(), [])),
            async services =>
            {
                var market = (IMarketplace)services.GetService(typeof(IMarketplace))!;
                return Assert.IsType<ActionOutcome.Done>(await market.SubmitAsync(new MarketAction.CreateProvider(new(market.Account, new("https://provider.example.com:8443"), [], "", "")), default));
            },
            default);
        var deployment = await _tenant.DeployAsync(Sdl, Coin.Parse("5000000uact"));
        var order = new OrderId(_tenant.Address, deployment.Dseq, 1, 1);
        var lease = new BidId(order, _chain.ProviderKey.Address).Lease;
        if (verb == "bid") return lease;
        Assert.Equal("done", await RunAsync(verb == "reclaim" ? "bid" : "bid-plain", lease));
        if (verb == "close") return lease;
        await _tenant.AcceptAsync(lease.Bid);
        var height = Chain.Height;
        await Eventually.BecomesTrueAsync("something to be owed", () => Chain.Height > height + 5);
        return lease;
    }

    private async Task ProduceAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        while (await timer.WaitForNextTickAsync(_stop.Token))
        {
            if (_isProducing) await Chain.ProduceBlockAsync();
        }
    }

    private Process Start(string point, string verb, LeaseId lease)
    {
        var program = Path.Combine(AppContext.BaseDirectory, $"{typeof(SenderProcess).Assembly.GetName().Name}.dll");
        var start = new ProcessStartInfo("dotnet", ["exec", program, _folder.File("config.yaml"), point, verb, lease.ToString()]) { RedirectStandardOutput = true };
        return Process.Start(start)!;
    }

    private async Task<string> RunAsync(string verb, LeaseId lease)
    {
        using var process = Start("none", verb, lease);
        var output = process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(0, process.ExitCode);
        return (await output).Trim();
    }

    /// <summary>How often the message was carried out, by the events of the blocks after <paramref name="from"/>.</summary>
    private async Task<int> CountAsync(string verb, long from)
    {
        var message = verb switch
        {
            "bid" => "MsgCreateBid",
            "close" => "MsgCloseBid",
            "withdraw" => "MsgWithdrawLease",
            _ => "MsgLeaseStartReclaim",
        };
        var count = 0;
        for (var height = from + 1; height <= Chain.Height; height++)
        {
            var results = await AskAsync("block_results", new JsonObject { ["height"] = height.ToString(System.Globalization.CultureInfo.InvariantCulture) });
            count += (results["txs_results"] as JsonArray ?? []).Where(tx => tx!["code"]!.GetValue<int>() == 0)
                .SelectMany(tx => tx!["events"]!.AsArray())
                .Where(one => one!["type"]!.GetValue<string>() == "message")
                .SelectMany(one => one!["attributes"]!.AsArray())
                .Count(attribute => attribute!["key"]!.GetValue<string>() == "action" && attribute["value"]!.GetValue<string>() == $"/akash.market.v1beta5.{message}");
        }

        return count;
    }

    private async Task<JsonNode> AskAsync(string method, JsonNode? parameters = null)
    {
        var request = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = method, ["params"] = parameters ?? new JsonObject() };
        using var response = await _http.PostAsync("/", new StringContent(request.ToJsonString(), System.Text.Encoding.UTF8, "application/json"));
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!["result"]!;
    }

    private const string Sdl = """
        version: "2.0"
        services:
          web:
            image: test/busybox:1
            expose: [{port: 80, as: 80, to: [{global: true}]}]
        profiles:
          compute:
            web: {resources: {cpu: {units: 0.1}, memory: {size: 64Mi}, storage: {size: 128Mi}}}
          placement:
            anywhere: {pricing: {web: {denom: uact, amount: 100}}}
        deployment:
          web: {anywhere: {profile: web, count: 1}}
        """;
}
