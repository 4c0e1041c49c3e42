using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ProviderAgent.Chain;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Sending;
using ProviderAgent.Devnet.Hosting;
using ProviderAgent.Devnet.Tests.Harness;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Tests.Client;

/// <summary>The provider's own chain client, running against a local chain as it would against a real node.</summary>
internal sealed class ClientWorld : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<LogEntry> _log = [];
    private readonly TimeProvider? _time;
    private ServiceProvider? _services;
    private Task _blocks = Task.CompletedTask;

    private ClientWorld(RpcNode node, TimeProvider? time) => (Node, _time) = (node, time);

    public RpcNode Node { get; }

    public DevnetChain Chain => Node.Chain;

    public OutboxInMemory Outbox { get; } = new();

    public ChainKey Tenant => Chain.TenantKey;

    public ChainKey Provider => Chain.ProviderKey;

    public IMarketplace Market => Services.GetRequiredService<IMarketplace>();

    public IServiceProvider Services => _services ?? throw new InvalidOperationException("no client runs");

    /// <param name="configure">Changes the client's options.</param>
    /// <param name="change">Changes the chain's options.</param>
    /// <param name="start">Whether a client runs at once.</param>
    /// <param name="time">The clock of both; the system's when null.</param>
    public static async Task<ClientWorld> StartAsync(Action<ChainOptions, DevnetChain>? configure = null, Action<DevnetOptions>? change = null, bool start = true, TimeProvider? time = null)
    {
        var node = await RpcNode.StartAsync(
            options =>
            {
                options.GrpcListen = "127.0.0.1:0";
                change?.Invoke(options);
            },
            time);
        var world = new ClientWorld(node, time);
        await world.Node.DoAsync(world.Provider, Harness.Market.CreateProvider(world.Provider));
        if (start) await world.StartClientAsync(configure);
        return world;
    }

    /// <summary>Starts a client over the same outbox.</summary>
    public async Task StartClientAsync(Action<ChainOptions, DevnetChain>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.Services.AddSingleton<Microsoft.Extensions.Logging.ILoggerProvider>(new LogList(_log)));
        if (_time is not null) services.AddSingleton(_time);
        services.AddSingleton<ISigner>(Provider);
        services.AddSingleton<ITransactionOutbox>(Outbox);
        services.AddChain();
        services.Configure<ChainOptions>(options =>
        {
            options.Endpoints.Add(new() { Rpc = Chain.RpcAddress });
            options.Key.File = "not-read-because-the-signer-is-given";
            options.PollInterval = TimeSpan.FromMilliseconds(100);
            options.Subscribe = false;
            options.QueryTimeout = TimeSpan.FromMinutes(1); // a busy machine is no fault
            options.TransactionTimeout = TimeSpan.FromMinutes(1);
            configure?.Invoke(options, Chain);
        });
        _services = services.BuildServiceProvider();
        foreach (var service in _services.GetServices<IHostedService>()) await service.StartAsync(CancellationToken.None);
    }

    /// <summary>Ends the client at once, as a kill would, wherever it is.</summary>
    public async Task KillClientAsync()
    {
        if (_services is not { } services) return;
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        foreach (var service in services.GetServices<IHostedService>()) await service.StopAsync(now.Token);
        await services.DisposeAsync();
        _services = null;
    }

    public bool HasLogged(string eventName)
    {
        lock (_log) return _log.Any(entry => entry.Name == eventName);
    }

    public int CountLogged(string eventName)
    {
        lock (_log) return _log.Count(entry => entry.Name == eventName);
    }

    /// <summary>Makes a block now and then, as a chain does.</summary>
    public void KeepProducing() => _blocks = Task.Run(async () =>
    {
        while (!_stop.IsCancellationRequested)
        {
            await Chain.ProduceBlockAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, CancellationToken.None);
        }
    });

    /// <summary>Submits, and fails instead of hanging when no outcome ever comes.</summary>
    public Task<ActionOutcome> SubmitAsync(MarketAction action) => Market.SubmitAsync(action, CancellationToken.None).WaitAsync(Patience);

    public MarketAction.PlaceBid Bid(ulong dseq, string deposit = "500000uakt") => new(
        new BidId(Harness.Market.Order(Tenant, dseq), Provider.Address),
        Rate.PerTick(Decimal18.FromInteger(50), Denom.Parse("uact")),
        Coin.Parse(deposit),
        [],
        null);

    /// <summary>A deployment with one order.</summary>
    public Task DeployAsync(ulong dseq, long deposit = 5_000_000) => Node.DoAsync(Tenant, Harness.Market.CreateDeployment(Tenant, dseq, deposit));

    /// <summary>Waits until so many transactions wait for a block.</summary>
    public Task PoolHoldsAsync(int count) => Eventually.BecomesTrueAsync($"{count} transactions that wait", async () => await CountPoolAsync() >= count);

    public async Task<int> CountPoolAsync() =>
        int.Parse((await Node.ResultAsync("num_unconfirmed_txs"))["n_txs"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>How many transactions of the provider are in blocks from <paramref name="from"/> on.</summary>
    public async Task<int> CountTransactionsAsync(long from)
    {
        var count = 0;
        for (var height = from; height <= Chain.Height; height++)
        {
            var block = await Node.ResultAsync("block", new System.Text.Json.Nodes.JsonObject { ["height"] = height.ToString(System.Globalization.CultureInfo.InvariantCulture) });
            count += block["block"]!["data"]!["txs"]!.AsArray().Count;
        }

        return count;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _blocks;
        if (_services is not null)
        {
            foreach (var service in _services.GetServices<IHostedService>()) await service.StopAsync(CancellationToken.None);
            await _services.DisposeAsync();
        }

        await Node.DisposeAsync();
        _stop.Dispose();
    }
}
