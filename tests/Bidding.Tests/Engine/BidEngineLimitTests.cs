using ProviderAgent.Bidding.Tests.Support;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Engine;

/// <summary>What keeps us from bidding for a while: the operator, our own limits, a full host.</summary>
public sealed class BidEngineLimitTests : IAsyncLifetime
{
    private readonly World _world = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task MaxOpen_Reached_NextOrderWaitsForAFreeOne()
    {
        _world.Options.MaxOpen = 1;
        var run = await _world.StartAsync();
        var first = await run.PostAndBidAsync(1);
        var second = await run.PostAsync(2);
        await run.DecidedAsync(second, DeclineReason.OpenBidsExhausted);

        _world.Market.Accept(first, Build.Rival);
        await run.DeliverAsync();
        await run.SweepAsync();

        await run.StageAsync(second, OrderStage.BidOpen);
        Assert.Equal(2, _world.Placed.Count);
    }

    [Fact]
    public async Task Host_Full_BidsAsSoonAsSomethingIsFree()
    {
        var run = await _world.StartAsync();
        run.Measure(milli: 1500);
        var first = await run.PostAndBidAsync(1);
        var second = await run.PostAsync(2);
        await run.DecidedAsync(second, DeclineReason.DoesNotFit);
        Assert.Contains("cpu: asked 1000m, free 500m", _world.Decisions.Latest(second)?.Detail, StringComparison.Ordinal);

        _world.Market.Accept(first, Build.Rival);
        await run.DeliverAsync();
        await run.SweepAsync();

        await run.StageAsync(second, OrderStage.BidOpen);
    }

    [Theory]
    [InlineData(5000, 50)]
    [InlineData(64_000, 5)]
    public async Task Orders_ManyAtOnce_NeverTakeMoreThanThereIs(long milli, int maxOpen)
    {
        _world.Options.Evaluators = 16;
        _world.Options.MaxOpen = maxOpen;
        var run = await _world.StartAsync();
        run.Measure(milli);

        for (var number = 1; number <= 40; number++) _world.Market.Post(number);
        await run.DeliverAsync();

        await Eventually.BecomesTrueAsync("every order to be decided on", () =>
            _world.Placed.Count == 5 && run.Book.Live().All(worker => worker.Stage == OrderStage.BidOpen) && run.Book.Count == 5);
        Assert.Equal(5000, run.CpuUsed);
        Assert.Equal(5, run.Book.OpenBids);
    }

    [Fact]
    public async Task Fees_SpentByTheSendersCount_NoBidUntilTheyAreForgiven()
    {
        _world.Options.Budget.FeesPerHour = new Coin(100_000, Build.Uakt);
        _world.Spent = new(100_000, Build.Uakt);
        var run = await _world.StartAsync();
        var order = await run.PostAsync(1);
        await run.DecidedAsync(order, DeclineReason.FeeBudget);
        Assert.Contains("bidding.budget.fees_per_hour allows 100000uakt", _world.Decisions.Latest(order)!.Detail);

        _world.Spent = new(99_999, Build.Uakt);
        await run.SweepAsync();

        await run.StageAsync(order, OrderStage.BidOpen);
    }

    [Fact]
    public async Task Drain_On_KeepsBidsAndMakesNoNewOnesUntilOff()
    {
        var run = await _world.StartAsync();
        var first = await run.PostAndBidAsync(1);
        await run.Drain.DrainAsync("new disk", default);
        var second = await run.PostAsync(2);
        await run.DecidedAsync(second, DeclineReason.Draining);
        await run.SweepAsync();

        Assert.Equal(OrderStage.BidOpen, run.Book.Find(first)?.Stage);
        Assert.Equal(("new disk", 1), (run.Engine.Current.Draining, _world.Placed.Count));
        Assert.Equal(0, run.Meters.Gauge("provider_bidding_active"));

        await run.Drain.UndrainAsync(default);
        await run.StageAsync(second, OrderStage.BidOpen);
        Assert.Equal(1, run.Meters.Gauge("provider_bidding_active"));
    }
}
