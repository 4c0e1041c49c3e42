using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Devnet.Blocks;
using ProviderAgent.Devnet.Genesis;
using ProviderAgent.Devnet.Grpc;
using ProviderAgent.Devnet.Queries;
using ProviderAgent.Devnet.Rpc;
using ProviderAgent.Devnet.Rpc.Subscriptions;
using ProviderAgent.Devnet.Transactions;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Hosting;

/// <summary>A running local chain: its RPC, its funded keys, and the handles by which a test makes it misbehave.</summary>
public sealed partial class DevnetChain : IAsyncDisposable
{
    // Longest message on a WebSocket; subscriptions are short, and long calls belong into a POST.
    private const int MaxWebSocketMessage = 256 * 1024;

    private const string AnyPort = "127.0.0.1:0";

    private readonly ChainEngine _engine;
    private readonly IBlockLog _log;
    private readonly DevnetKeys _keys;
    private readonly DevnetServer _server;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DevnetOptions _options;
    private readonly ILoggerFactory _loggers;
    private readonly List<DevnetNode> _nodes = [];

    private DevnetChain(
        ChainEngine engine, IBlockLog log, DevnetKeys keys, DevnetServer server, DevnetFaults faults, DevnetOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        _engine = engine;
        _log = log;
        _keys = keys;
        _server = server;
        _time = time;
        (_options, _loggers) = (options, loggers);
        _logger = loggers.CreateLogger<DevnetChain>();
        Faults = faults;
        Completion = options.BlockTime == TimeSpan.Zero
            ? WaitForStopAsync(_stopping.Token)
            : Task.Run(() => new BlockLoop(engine, faults, options.BlockTime, time, _logger).RunAsync(_stopping.Token));
    }

    /// <summary>Where the RPC listens, for example <c>http://127.0.0.1:26657</c>.</summary>
    public Uri RpcAddress => _server.Address;

    /// <summary>Where gRPC listens; null when it is not wanted.</summary>
    public Uri? GrpcAddress => _server.GrpcAddress;

    public string ChainId => _engine.Genesis.ChainId;

    /// <summary>Height of the last block; at least 1.</summary>
    public long Height => _engine.View().Latest?.Height ?? 0;

    /// <summary>The funded account that a provider uses. Owned by the chain.</summary>
    public ChainKey ProviderKey => _keys["provider"];

    /// <summary>The funded account that deploys. Owned by the chain.</summary>
    public ChainKey TenantKey => _keys["tenant"];

    public DevnetFaults Faults { get; }

    /// <summary>Ends when the chain is stopped; fails when it cannot go on, for example because the disk is full.</summary>
    public Task Completion { get; }

    /// <summary>Key of a further account, by the name that it has in the options.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public ChainKey KeyOf(string name) => _keys[name];

    /// <summary>Starts a chain: from its home folder, which is made if it holds no chain yet, or in memory.</summary>
    /// <exception cref="OptionsValidationException">The options are wrong; all mistakes are named.</exception>
    /// <exception cref="IOException">The home cannot be used, somebody else uses it, or the address is taken.</exception>
    /// <exception cref="InvalidDataException">What the home holds is damaged or belongs to another version.</exception>
    /// <exception cref="KeyException">A key file of the home cannot be used.</exception>
    public static async Task<DevnetChain> StartAsync(
        DevnetOptions options, TimeProvider? time = null, ILoggerFactory? loggers = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        time ??= TimeProvider.System;
        loggers ??= NullLoggerFactory.Instance;
        var valid = new DevnetOptionsValidator().Validate(null, options);
        if (valid.Failed) throw new OptionsValidationException("devnet", typeof(DevnetOptions), valid.Failures);

        var logger = loggers.CreateLogger<DevnetChain>();
        var keys = new DevnetKeys();
        IBlockLog? log = null;
        try
        {
            var genesis = OpenGenesis(options, keys, time);
            log = options.Home.Length > 0 ? BlockFile.Open(DevnetHome.Open(options.Home).BlockFilePath, genesis) : new NoBlockLog();
            var engine = MakeEngine(options, genesis, log);
            if (engine.View().Latest is null) engine.Produce(time.GetUtcNow()); // a node without a block answers no query
            var faults = new DevnetFaults();
            var server = await DevnetServer.StartAsync(
                options, options.Listen, options.GrpcListen, faults, stopping => MakeEndpoints(options, engine, faults, time, loggers, stopping), MakeGrpc(options, engine, faults, loggers), loggers, ct);
            Log.Started(logger, genesis.ChainId, server.Address, engine.View().Latest?.Height ?? 0);
            return new(engine, log, keys, server, faults, options, time, loggers);
        }
        catch
        {
            keys.Dispose();
            log?.Dispose();
            throw;
        }
    }

    /// <summary>Starts another node of the same chain, with an address and faults of its own. Ends with the chain.</summary>
    /// <exception cref="IOException">It cannot listen.</exception>
    public async Task<DevnetNode> AddNodeAsync(CancellationToken ct = default)
    {
        var faults = new DevnetFaults();
        var server = await DevnetServer.StartAsync(
            _options, AnyPort, _options.GrpcListen.Length > 0 ? AnyPort : "", faults,
            stopping => MakeEndpoints(_options, _engine, faults, _time, _loggers, stopping), MakeGrpc(_options, _engine, faults, _loggers), _loggers, ct);
        var node = new DevnetNode(server, faults);
        lock (_nodes) _nodes.Add(node);
        return node;
    }

    /// <summary>Makes the next blocks now.</summary>
    /// <returns>The height reached.</returns>
    public Task<long> ProduceBlockAsync(int count = 1, CancellationToken ct = default)
    {
        ct.ThrowIfCancellationRequested();
        for (var i = 0; i < count; i++) BlockLoop.Log.BlockMade(_logger, _engine.Produce(_time.GetUtcNow()));
        return Task.FromResult(Height);
    }

    /// <summary>What an account holds of a coin.</summary>
    public long BalanceOf(AccountAddress account, string denom) =>
        (long)(_engine.StateAt(Height)?.Balances.Find(new(account, Denom.Parse(denom)))?.Amount ?? 0);

    /// <summary>Fingerprint of the whole state: two chains that did the same have the same.</summary>
    public string StateHash() => _engine.StateAt(Height) is { } state ? Convert.ToHexStringLower(state.ComputeHash()) : "";

    /// <summary>Stops answering and making blocks. What is in the home stays.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Faults.HoldReplies = false; // nobody is to wait for answers that never come
        await _server.DisposeAsync();
        DevnetNode[] nodes;
        lock (_nodes) nodes = [.. _nodes];
        foreach (var node in nodes) await node.DisposeAsync();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _log.Dispose();
        _keys.Dispose();
        _stopping.Dispose();
        Log.Stopped(_logger, ChainId, Height);
    }

    private static GenesisDocument OpenGenesis(DevnetOptions options, DevnetKeys keys, TimeProvider time)
    {
        if (options.Home.Length == 0) return GenesisFactory.Make(options, keys.Make, time);
        var home = DevnetHome.Exists(options.Home) ? DevnetHome.Open(options.Home) : DevnetHome.Create(options.Home, options, time);
        foreach (var name in options.Accounts.Where(account => account.Address.Length == 0).Select(account => account.Name).Concat(["provider", "tenant"]))
        {
            keys.Load(name, home.KeyFileOf(name));
        }

        return home.Genesis;
    }

    private static ChainEngine MakeEngine(DevnetOptions options, GenesisDocument genesis, IBlockLog log)
    {
        var limits = options.Limits;
        var minGasPrice = Decimal18.Parse(options.MinGasPrice.ToString(CultureInfo.InvariantCulture));
        var runner = new TxRunner(new TxLimits(minGasPrice));
        var engineLimits = new EngineLimits(
            (int)limits.MaxTx.Bytes, limits.MaxMempoolTxs, limits.MaxMempoolTxs * limits.MaxTx.Bytes, 4 * limits.MaxTx.Bytes, options.KeepBlocks);
        return new(genesis, runner, engineLimits, log);
    }

    private static RpcEndpoints MakeEndpoints(
        DevnetOptions options, ChainEngine engine, DevnetFaults faults, TimeProvider time, ILoggerFactory loggers, CancellationToken stopping)
    {
        var identity = Identity(options, engine);
        var view = new NodeView(engine, faults);
        var methods = new RpcMethods(
            view,
            engine.Genesis.ChainId,
            options.TxIndex,
            new NodeMethods(engine, view, faults, identity.Moniker, options.TxIndex),
            new QueryMethods(engine, view, faults, identity),
            new BroadcastMethods(engine, faults, options.Limits.CommitTimeout, time));
        var dispatcher = new RpcDispatcher(methods, options.Limits.MaxAnswer.Bytes, loggers.CreateLogger<RpcDispatcher>());
        var limits = new SubscriptionLimits(options.Limits.MaxSubscriptionClients, options.Limits.MaxSubscriptionsPerClient, MaxWebSocketMessage);
        var hub = new WebSocketHub(dispatcher, methods, faults, limits);
        engine.Committed += hub.Publish;
        return new(dispatcher, hub, faults, stopping);
    }

    private static GrpcEndpoints MakeGrpc(DevnetOptions options, ChainEngine engine, DevnetFaults faults, ILoggerFactory loggers) => new(
        new(engine, new(engine, faults), faults, Identity(options, engine), options.TxIndex),
        faults,
        options.Limits.MaxBody.Bytes,
        options.Limits.MaxAnswer.Bytes,
        loggers.CreateLogger<GrpcEndpoints>());

    private static NodeIdentity Identity(DevnetOptions options, ChainEngine engine) => new(
        "devnet",
        $"{options.MinGasPrice.ToString(CultureInfo.InvariantCulture)}uakt",
        () => NodeMethods.VersionOf(engine),
        IsCatchingUp: false);

    private static Task WaitForStopAsync(CancellationToken ct)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ct.Register(stopped.SetResult);
        return stopped.Task;
    }

    private static partial class Log
    {
        [LoggerMessage(9501, LogLevel.Information, "Local chain {ChainId} answers on {Address} from block {Height}", EventName = "Started")]
        public static partial void Started(ILogger logger, string chainId, Uri address, long height);

        [LoggerMessage(9502, LogLevel.Information, "Local chain {ChainId} stopped at block {Height}", EventName = "Stopped")]
        public static partial void Stopped(ILogger logger, string chainId, long height);
    }
}
