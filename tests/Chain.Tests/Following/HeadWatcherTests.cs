using ProviderAgent.Chain.Endpoints;
using ProviderAgent.Chain.Following;
using ProviderAgent.Chain.Rpc;
using ProviderAgent.Chain.Tests.Scripted;

namespace ProviderAgent.Chain.Tests.Following;

/// <summary>Endpoints that stop, lag, lie about their network, and come back. Time is moved by hand.</summary>
public sealed class HeadWatcherTests : IAsyncLifetime
{
    private readonly ScriptedChain _chain = new();
    private readonly ManualTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly List<ScriptedNode> _nodes = [];
    private ChainHost? _host;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        foreach (var node in _nodes) await node.DisposeAsync();
    }

    [Fact]
    public async Task LookAsync_EndpointSilentlyStops_MovesToOneThatGoesOn()
    {
        var (heads, pool) = await CreateSut(2);
        await heads.LookAsync(CancellationToken.None);
        _chain.Produce(3);
        _nodes[0].Lag = 3; // answers, but has no new block

        _time.Advance(TimeSpan.FromSeconds(14));
        await heads.LookAsync(CancellationToken.None);
        Assert.Equal(_nodes[0].Address, pool.Current.Address); // not yet
        _chain.Produce(1);
        _nodes[0].Lag = 4;
        _time.Advance(TimeSpan.FromSeconds(2));
        await heads.LookAsync(CancellationToken.None);

        Assert.Equal(_nodes[1].Address, pool.Current.Address);
        Assert.Equal(104, heads.Head?.Height);
        Assert.True(_host!.Log.Has("NoNewBlock"));
    }

    [Fact]
    public async Task LookAsync_WholeChainAtRest_StaysAndSaysSo()
    {
        var (heads, pool) = await CreateSut(2);
        await heads.LookAsync(CancellationToken.None);
        Assert.True(_host!.Market.Health.IsReachable);

        for (var i = 0; i < 60; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await heads.LookAsync(CancellationToken.None);
        }

        Assert.Equal(_nodes[0].Address, pool.Current.Address);
        Assert.False(_host.Market.Health.IsReachable);
        Assert.Contains("at rest", _host.Market.Health.Detail);
        _chain.Produce();
        await heads.LookAsync(CancellationToken.None);
        Assert.Equal(101, heads.Head?.Height);
    }

    [Fact]
    public async Task LookAsync_SlowChain_IsNotTakenForStopped()
    {
        _chain.BlockTime = TimeSpan.FromSeconds(60);
        var (heads, _) = await CreateSut(2);
        await heads.LookAsync(CancellationToken.None);
        Assert.Equal(60, heads.StallLimit.TotalSeconds / 2.5, 0.5);

        _time.Advance(TimeSpan.FromSeconds(100));
        await heads.LookAsync(CancellationToken.None);

        Assert.False(_host!.Log.Has("NoNewBlock"));
        Assert.True(_host.Market.Health.IsReachable);
    }

    [Theory]
    [InlineData(NodeFault.LoseRequest)]
    [InlineData(NodeFault.BadGateway)]
    [InlineData(NodeFault.Html)]
    [InlineData(NodeFault.TooManyRequests)]
    [InlineData(NodeFault.Truncated)]
    [InlineData(NodeFault.Huge)]
    public async Task LookAsync_FirstEndpointUseless_TheSecondIsUsedAtOnce(NodeFault fault)
    {
        var (heads, pool) = await CreateSut(2);
        _nodes[0].Fail("*", fault, 1000);

        await heads.LookAsync(CancellationToken.None);

        Assert.Equal(_nodes[1].Address, pool.Current.Address);
        Assert.True(_host!.Log.Has("EndpointFailed"));
        Assert.True(_host.Market.Health.IsReachable);
    }

    [Fact]
    public async Task LookAsync_CatchingUpOrOtherNetwork_IsNotUsed()
    {
        var (heads, pool) = await CreateSut(3);
        _nodes[0].IsCatchingUp = true;
        _nodes[2].Network = "other-9";

        await heads.LookAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromMinutes(2));
        await heads.LookAsync(CancellationToken.None);

        Assert.Equal(_nodes[1].Address, pool.Current.Address);
        Assert.Contains("catching up", pool.All[0].State.Fault);
        Assert.Contains("other-9", pool.All[2].State.Fault);
        _nodes[0].IsCatchingUp = false;
        _nodes[1].IsDown = true;
        await heads.LookAsync(CancellationToken.None);
        Assert.Equal(_nodes[0].Address, pool.Current.Address);
        Assert.True(_host!.Log.Has("EndpointRecovered"));
    }

    [Fact]
    public async Task LookAsync_NoNetworkConfigured_TakesTheFirstOne()
    {
        var (heads, pool) = await CreateSut(1);

        await heads.LookAsync(CancellationToken.None);

        Assert.Equal("test-1", pool.Network);
        Assert.True(_host!.Log.Has("NetworkAdopted"));
        _nodes[0].Network = "other-9"; // an address that was taken over
        var error = await Assert.ThrowsAsync<EndpointException>(() => heads.LookAsync(CancellationToken.None));
        Assert.Equal(EndpointFault.WrongNetwork, error.Fault);
        Assert.False(_host.Market.Health.IsReachable);
    }

    [Fact]
    public async Task LookAsync_ConfiguredNetwork_MustMatch()
    {
        var (heads, _) = await CreateSut(1, options => options.Network = "akashnet-2");

        var error = await Assert.ThrowsAsync<EndpointException>(() => heads.LookAsync(CancellationToken.None));

        Assert.Equal(EndpointFault.WrongNetwork, error.Fault);
    }

    [Fact]
    public async Task Health_OldBlockAtFirstSight_IsNotReachable()
    {
        var (heads, _) = await CreateSut(1);
        _time.StepWallClock(TimeSpan.FromHours(1));

        await heads.LookAsync(CancellationToken.None);

        Assert.False(_host!.Market.Health.IsReachable);
        Assert.Contains("clock", _host.Market.Health.Detail);
    }

    [Fact]
    public async Task Clock_EnoughBlocks_IsMeasuredElseNominal()
    {
        _chain.BlockTime = TimeSpan.FromSeconds(5);
        var (heads, _) = await CreateSut(1);
        Assert.Equal("429909", _host!.Market.Clock.TicksPerMonth.ToString());

        await heads.LookAsync(CancellationToken.None);

        Assert.Equal(5, _host.Market.Clock.TickLength.TotalSeconds, 0.01);
    }

    [Fact]
    public async Task Clock_YoungChain_StaysNominalUntilThereAreEnoughBlocks()
    {
        var young = new ScriptedChain("young-1", 10);
        await using var node = await ScriptedNode.StartAsync(young);
        await using var host = ChainHost.Build(new MemoryOutbox(), time: _time, nodes: node);
        var heads = host.Get<HeadWatcher>();

        await heads.LookAsync(CancellationToken.None);
        Assert.Equal("429909", host.Market.Clock.TicksPerMonth.ToString());
        young.Produce(20);
        await heads.LookAsync(CancellationToken.None);

        Assert.Equal(6, host.Market.Clock.TickLength.TotalSeconds, 0.01);
    }

    [Fact]
    public async Task NextLook_WhileBlocksAreAnnounced_RestsUntilOneIsOverdue()
    {
        var (heads, _) = await CreateSut(1, options => options.PollInterval = TimeSpan.FromSeconds(2));
        await heads.LookAsync(CancellationToken.None);
        Assert.Equal(2, heads.NextLook().TotalSeconds); // nobody has announced anything yet

        heads.Announced();
        Assert.Equal(7.5, heads.NextLook().TotalSeconds, 0.1); // a block of 6 s and a quarter
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(3.5, heads.NextLook().TotalSeconds, 0.1);
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(2, heads.NextLook().TotalSeconds); // overdue: ask as if there were no announcements
    }

    [Fact]
    public async Task Row17_AnnouncementsStopAndTheEndpointToo_IsNoticedWithin18Seconds()
    {
        var (heads, pool) = await CreateSut(2);
        await heads.LookAsync(CancellationToken.None);
        heads.Announced(); // the last one that ever comes

        // From here on both its socket and its answers stand still, while the chain goes on.
        _chain.Produce(3);
        _nodes[0].Lag = 3;
        var waited = TimeSpan.Zero;
        while (pool.Current == pool.All[0])
        {
            var pause = heads.NextLook();
            waited += pause;
            Assert.InRange(waited.TotalSeconds, 0, 18);
            _time.Advance(pause);
            await heads.LookAsync(CancellationToken.None);
        }

        Assert.Equal(103, heads.Head?.Height);
    }

    [Fact]
    public async Task LookAsync_MuchWorseThanAnother_IsLeftAtTheNextComparison()
    {
        var (heads, pool) = await CreateSut(2);
        await heads.LookAsync(CancellationToken.None);
        for (var i = 0; i < 20; i++) pool.All[0].Note(record => record.Failed());

        _time.Advance(TimeSpan.FromSeconds(61));
        await heads.LookAsync(CancellationToken.None);

        Assert.Equal(_nodes[1].Address, pool.Current.Address);
    }

    [Theory]
    [InlineData("http://127.0.0.1:26657", "ws://127.0.0.1:26657/websocket")]
    [InlineData("https://rpc.example.com", "wss://rpc.example.com/websocket")]
    [InlineData("https://example.com:443/akash/rpc/", "wss://example.com:443/akash/rpc/websocket")]
    public void SocketAddress_OfAnEndpoint_IsBesideIt(string rpc, string socket) =>
        Assert.Equal(new Uri(socket), HeadSubscriber.SocketAddress(new Uri(rpc)));

    private async Task<(HeadWatcher Heads, EndpointPool Pool)> CreateSut(int nodes, Action<ChainOptions>? configure = null)
    {
        for (var i = 0; i < nodes; i++) _nodes.Add(await ScriptedNode.StartAsync(_chain));
        _host = ChainHost.Build(new MemoryOutbox(), configure, _time, [.. _nodes]);
        return (_host.Get<HeadWatcher>(), _host.Get<EndpointPool>());
    }
}
