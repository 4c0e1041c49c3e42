using ProviderAgent.Bidding.Tests.Support;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Engine;

/// <summary>Thousands of orders: what is kept in memory does not grow with them.</summary>
public sealed class BidEngineLoadTests : IAsyncLifetime
{
    private const int Orders = 10_000;

    private readonly World _world = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Trait(Pain.Trait, Pain.HistoryOverload)]
    [Fact]
    public async Task Start_TenThousandOpenOrders_JudgesAllWithFewInMemory()
    {
        var fitting = new HashSet<OrderId>();
        for (var number = 1; number <= Orders; number++)
        {
            var fits = number % 1000 == 0;
            var order = _world.Market.Post(number, fits ? Build.Group() : Build.Group(Build.Unit(limit: "0.5")));
            if (fits) fitting.Add(order);
        }

        _world.Market.TakeEvents();
        var run = _world.NewRun();
        var most = 0;
        _world.Decisions.OnRecord = () => InterlockedMax(ref most, run.Book.Count - run.Book.OpenBids);
        await run.StartAsync();
        await Eventually.BecomesTrueAsync("all orders to be judged", () => _world.Decisions.Records.Count == Orders && run.Book.OpenBids == fitting.Count);
        await Eventually.BecomesTrueAsync("all but the bids to be forgotten", () => run.Book.Count == fitting.Count);

        Assert.Equal(fitting, _world.Placed.Select(placed => placed.Bid.Order).ToHashSet());
        Assert.InRange(most, 1, 2 * _world.Options.Evaluators);
        Assert.True(run.Remembered.Count <= Orders);

        await run.SweepAsync();
        Assert.Equal(Orders, _world.Decisions.Records.Count); // nothing is explained twice
        Assert.Equal(fitting.Count, _world.Placed.Count);
    }

    [Fact]
    public async Task Events_MoreThanTheQueueHolds_AreMadeUpForByListing()
    {
        _world.Options.MaxOpen = Orders;
        var run = _world.NewRun();
        run.Measure(milli: 1000L * Orders);
        for (var number = 1; number <= 3000; number++) _world.Market.Post(number, Build.Group(Build.Unit(Build.Needs(memory: ByteSize.MiB, disk: 5 * ByteSize.MiB))));

        await run.DeliverAsync(); // before the engine runs: nobody takes anything out of the queue
        Assert.True(run.Book.Count <= 1024);
        await run.StartAsync();

        await Eventually.BecomesTrueAsync("all orders to be bid on", () => _world.Placed.Count == 3000);
        await Eventually.BecomesTrueAsync("all bids to stand", () => run.Book.Live().Count(worker => worker.Stage == OrderStage.BidOpen) == 3000);
    }

    [Fact]
    public async Task Orders_ComeAndGo_LeaveNothingBehind()
    {
        var run = await _world.StartAsync();
        for (var round = 0; round < 50; round++)
        {
            var orders = Enumerable.Range(0, 20).Select(offset => _world.Market.Post((round * 20) + offset + 1)).ToList();
            await run.DeliverAsync();
            await Eventually.BecomesTrueAsync("all to be bid on", () => orders.All(order => run.Book.Find(order)?.Stage == OrderStage.BidOpen));
            foreach (var order in orders) _world.Market.Accept(order, Build.Rival);
            await run.DeliverAsync();
        }

        await Eventually.BecomesTrueAsync("all to be forgotten", () => (run.Book.Count, run.CpuUsed, run.Book.OpenBids) == (0, 0L, 0));
        Assert.Empty(run.Reservations.Snapshot.Reservations);
        await run.SweepAsync();
        Assert.Equal(0, run.Remembered.Count);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
        {
            if (Interlocked.CompareExchange(ref most, value, seen) == seen) return;
        }
    }
}
