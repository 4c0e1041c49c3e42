using System.Text.Json;
using ProviderAgent.Chain.Tests.Scripted;
using ProviderAgent.Chain.Tests.Vectors;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Tests.Following;

public sealed class BlockFollowerTests : IAsyncLifetime
{
    private readonly ScriptedChain _chain = new();
    private readonly CancellationTokenSource _stop = new(TimeSpan.FromMinutes(2), TimeProvider.System); // fails instead of hanging
    private readonly List<IAsyncDisposable> _owned = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var item in Enumerable.Reverse(_owned)) await item.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task FollowAsync_WithoutPosition_StartsAtThePresentWithAGapAndGoesOnWithoutOne()
    {
        var host = await StartAsync(await NodeAsync());
        await using var batches = host.Market.FollowAsync(null, _stop.Token).GetAsyncEnumerator();

        Assert.True(await batches.MoveNextAsync());
        Assert.Equal((100L, true), (batches.Current.Position.Value, batches.Current.HasGap));
        AddOrderEvent();
        _chain.Produce();
        Assert.True(await batches.MoveNextAsync());

        Assert.Equal((101L, 101L, false), (batches.Current.Position.Value, batches.Current.Tick.Value, batches.Current.HasGap));
        Assert.IsType<MarketEvent.OrderCreated>(Assert.Single(batches.Current.Events));
        _chain.Produce();
        Assert.True(await batches.MoveNextAsync());
        Assert.Empty(batches.Current.Events); // a block without events still moves the position
    }

    [Fact]
    public async Task FollowAsync_FromAPosition_FillsTheGapBlockByBlock()
    {
        var node = await NodeAsync();
        AddOrderEvent();
        _chain.Produce(60);
        var host = await StartAsync(node);

        var batches = await ReadAsync(host, new MarketPosition(100), 60);

        Assert.Equal(Enumerable.Range(101, 60).Select(i => (long)i), batches.Select(batch => batch.Position.Value));
        Assert.All(batches, batch => Assert.False(batch.HasGap));
        Assert.Single(batches[0].Events);
    }

    [Theory]
    [InlineData(NodeFault.LoseReply)]
    [InlineData(NodeFault.Html)]
    [InlineData(NodeFault.Truncated)]
    [InlineData(NodeFault.InternalError)]
    [InlineData(NodeFault.Huge)]
    public async Task FollowAsync_ReadsFailInBetween_NoBlockIsMissed(NodeFault fault)
    {
        var node = await NodeAsync();
        _chain.Produce(20);
        node.Fail("block_results", fault, 3);
        node.Fail("header", fault, 2);
        var host = await StartAsync(node);

        var batches = await ReadAsync(host, new MarketPosition(100), 20);

        Assert.Equal(Enumerable.Range(101, 20).Select(i => (long)i), batches.Select(batch => batch.Position.Value));
        Assert.All(batches, batch => Assert.False(batch.HasGap));
    }

    [Fact]
    public async Task FollowAsync_EndpointDies_GoesOnWithTheNext()
    {
        var (first, second) = (await NodeAsync(), await NodeAsync());
        second.Lag = 2;
        var host = await StartAsync(first, second);
        await using var batches = host.Market.FollowAsync(new MarketPosition(100), _stop.Token).GetAsyncEnumerator();
        _chain.Produce(5);
        for (var i = 0; i < 5; i++) Assert.True(await batches.MoveNextAsync());

        first.IsDown = true;
        _chain.Produce(3); // the second node is now at 106, above what was handled
        Assert.True(await batches.MoveNextAsync());

        Assert.Equal((106L, false), (batches.Current.Position.Value, batches.Current.HasGap));
    }

    [Fact]
    public async Task FollowAsync_HistoryPruned_SaysThatThereIsAGap()
    {
        var node = await NodeAsync();
        _chain.Produce(50);
        _chain.Earliest = 140;
        var host = await StartAsync(node);

        var batches = await ReadAsync(host, new MarketPosition(100), 11);

        Assert.Equal((140L, true), (batches[0].Position.Value, batches[0].HasGap));
        Assert.Equal((150L, false), (batches[^1].Position.Value, batches[^1].HasGap));
        Assert.True(host.Log.Has("HistoryGone"));
    }

    [Fact]
    public async Task FollowAsync_TooFarBehind_JumpsToThePresentWithAGap()
    {
        var node = await NodeAsync();
        _chain.Produce(50);
        var host = await StartAsync(options => options.MaxReplayBlocks = 20, node);

        var batches = await ReadAsync(host, new MarketPosition(100), 1);

        Assert.Equal((150L, true), (batches[0].Position.Value, batches[0].HasGap));
    }

    [Fact]
    public async Task FollowAsync_PositionAheadOfTheChain_WaitsAndSaysSo()
    {
        var node = await NodeAsync();
        var host = await StartAsync(node);
        await using var batches = host.Market.FollowAsync(new MarketPosition(500), _stop.Token).GetAsyncEnumerator();
        var next = batches.MoveNextAsync().AsTask();

        await Eventually.BecomesTrueAsync("it is said", () => host.Log.Has("AheadOfChain"));
        Assert.False(next.IsCompleted);
        _chain.Produce(401);
        Assert.True(await next);

        Assert.Equal(501, batches.Current.Position.Value);
    }

    [Fact]
    public async Task FollowAsync_MalformedAndUnknownEvents_AreLeftOutAlone()
    {
        var node = await NodeAsync();
        _chain.NextEvents.Add("""{"type":"akash.market.v1.EventOrderCreated","attributes":[{"key":"id","value":"garbage","index":true}]}""");
        _chain.NextEvents.Add("""{"type":"akash.market.v7.EventNew","attributes":[]}""");
        AddOrderEvent();
        _chain.Produce();
        var host = await StartAsync(node);

        var batches = await ReadAsync(host, new MarketPosition(100), 1);

        Assert.Single(batches[0].Events);
        Assert.True(host.Log.Has("EventMalformed"));
    }

    [Fact]
    public async Task FollowAsync_SeveralFollowers_EachGetEverything()
    {
        var node = await NodeAsync();
        _chain.Produce(30);
        var host = await StartAsync(node);

        var all = await Task.WhenAll(ReadAsync(host, new MarketPosition(100), 30), ReadAsync(host, new MarketPosition(110), 20), ReadAsync(host, new MarketPosition(100), 30));

        Assert.Equal([30, 20, 30], all.Select(batches => batches.Count));
        Assert.All(all, batches => Assert.Equal(130, batches[^1].Position.Value));
    }

    [Fact]
    public async Task FollowAsync_Announced_DoesNotWaitForThePoll()
    {
        var node = await NodeAsync();
        var time = new ManualTimeProvider(TimeProvider.System.GetUtcNow()); // stands still, so no poll ever comes
        var host = await ChainHost.StartAsync(new MemoryOutbox(), time: time, nodes: node);
        _owned.Add(host);
        await using var batches = host.Market.FollowAsync(null, _stop.Token).GetAsyncEnumerator();
        Assert.True(await batches.MoveNextAsync());
        await Eventually.BecomesTrueAsync("the subscription stands", () => node.Subscribers == 1);

        _chain.Produce();
        var next = batches.MoveNextAsync().AsTask();
        await node.AnnounceAsync();

        Assert.True(await next);
    }

    private void AddOrderEvent() => _chain.NextEvents.Add(
        VectorFile.Entries("events").First(entry => entry.Text("name") == "order created").At("abci_event").ToJsonString(JsonSerializerOptions.Default));

    private async Task<ScriptedNode> NodeAsync()
    {
        var node = await ScriptedNode.StartAsync(_chain);
        _owned.Add(node);
        return node;
    }

    private Task<ChainHost> StartAsync(params ScriptedNode[] nodes) => StartAsync(_ => { }, nodes);

    private async Task<ChainHost> StartAsync(Action<ChainOptions> configure, params ScriptedNode[] nodes)
    {
        var host = await ChainHost.StartAsync(new MemoryOutbox(), options =>
        {
            options.Subscribe = false;
            configure(options);
        }, null, nodes);
        _owned.Add(host);
        return host;
    }

    private async Task<List<MarketEventBatch>> ReadAsync(ChainHost host, MarketPosition? after, int count)
    {
        var batches = new List<MarketEventBatch>();
        await foreach (var batch in host.Market.FollowAsync(after, _stop.Token))
        {
            batches.Add(batch);
            if (batches.Count == count) break;
        }

        return batches;
    }
}
