using ProviderAgent.Bidding.Tests.Support;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Engine;

/// <summary>The usual ways of an order.</summary>
public sealed class BidEngineTests : IAsyncLifetime
{
    private readonly World _world = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Order_Fits_IsBidOnWithPriceDepositAndOffer()
    {
        var run = await _world.StartAsync();

        var order = await run.PostAndBidAsync(1);

        var placed = Assert.Single(_world.Placed);
        Assert.Equal(new BidId(order, Build.Provider), placed.Bid);
        Assert.Equal("5.931488", placed.Price.Amount.ToString());
        Assert.Equal(new Coin(500_000, Build.Uakt), placed.Deposit);
        Assert.Equal(Build.Group().Units, placed.Offer);
        Assert.Null(placed.ReclaimWindow);
        Assert.Equal(1000, run.CpuUsed);
        Assert.True(_world.Decisions.Latest(order)?.IsBid);
        Assert.Equal(placed.Price, Assert.Single(run.Engine.Current.OpenBids).Price);
        await Eventually.BecomesTrueAsync("the outcome to be noted", () => _world.IsJournalClear);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bid_Accepted_BecomesALeaseWithItsResources(bool eventArrives)
    {
        var run = await _world.StartAsync();
        var order = await run.PostAndBidAsync(1);

        _world.Market.Accept(order);
        if (eventArrives) await run.DeliverAsync();
        else await run.SweepAsync();

        await run.GoneAsync(order);
        Assert.True(run.Reservations.Snapshot.Reservations[order].IsAssigned);
        Assert.Equal(new LeaseWon(new(order, Build.Provider), Build.Group()), Assert.Single(run.Won));
        await run.Meters.AssertReachesAsync(1, "provider_order_complete", "result=lease-won");
        Assert.Empty(_world.TakenBack);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Order_GoneBeforeItsTurn_HasAReasonAllTheSame(bool isTaken)
    {
        var run = await _world.StartAsync();
        var order = _world.Market.Post(1);
        if (isTaken) _world.Market.Accept(order, Build.Rival);
        else _world.Market.Close(order, new MarketEvent.OrderClosed(order));

        await run.DeliverAsync();

        await run.DecidedAsync(order, DeclineReason.OrderGone);
        Assert.Contains(isTaken ? "gone to another provider" : "was closed", _world.Decisions.Latest(order)!.Detail);
        await run.GoneAsync(order);
        Assert.Empty(_world.Placed);
        await run.Meters.AssertReachesAsync(1, "provider_order_declined_total", "reason=OrderGone");
    }

    [Fact]
    public async Task Order_DecidedByAnEarlierRunAndGoneNow_KeepsItsReason()
    {
        var first = await _world.StartAsync();
        var order = await first.PostAsync(1, Build.Group(Build.Unit(limit: "0.001")));
        await first.DecidedAsync(order, DeclineReason.AboveLimit);
        await first.StopAsync();
        _world.Market.Close(order, new MarketEvent.OrderClosed(order));
        var second = await _world.StartAsync();

        var worker = second.Book.GetOrAdd(order, out _); // as an event that is handed over again brings it about
        second.Queues.Fresh.Writer.TryWrite(worker);

        await second.GoneAsync(order);
        Assert.Equal(DeclineReason.AboveLimit, _world.Decisions.Latest(order)!.Reason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Bid_Lost_ReleasesWithoutTransaction(bool eventArrives)
    {
        var run = await _world.StartAsync();
        var order = await run.PostAndBidAsync(1);

        _world.Market.Accept(order, Build.Rival);
        if (eventArrives) await run.DeliverAsync();
        else await run.SweepAsync();

        await run.GoneAsync(order);
        Assert.Equal(0, run.CpuUsed);
        Assert.Single(_world.Market.Done);
        await run.Meters.AssertReachesAsync(1, "provider_order_complete", "result=lease-lost");
        Assert.Empty(run.Won);
    }

    [Trait(Pain.Trait, Pain.GhostReservations)]
    [Theory]
    [InlineData("order")]
    [InlineData("deployment")]
    [InlineData("group closed")]
    [InlineData("group paused")]
    [InlineData("event lost")]
    public async Task Order_Closed_ReleasesWithoutTransaction(string how)
    {
        var run = await _world.StartAsync();
        var order = await run.PostAndBidAsync(1);
        var other = await run.PostAndBidAsync(2);

        _world.Market.Close(order, how switch
        {
            "deployment" => new MarketEvent.DeploymentClosed(order.Deployment),
            "group closed" => new MarketEvent.GroupClosed(order.Group),
            "group paused" => new MarketEvent.GroupPaused(order.Group),
            _ => new MarketEvent.OrderClosed(order),
        });
        if (how == "event lost") await run.SweepAsync();
        else await run.DeliverAsync();

        await run.GoneAsync(order);
        Assert.Equal(1000, run.CpuUsed);
        Assert.Equal(OrderStage.BidOpen, run.Book.Find(other)?.Stage);
        Assert.Empty(_world.TakenBack);
    }

    [Fact]
    public async Task Bid_ClosedByAnotherProgram_IsNoticedAndNotRepeated()
    {
        var run = await _world.StartAsync();
        var order = await run.PostAndBidAsync(1);

        _world.Market.CloseOurBid(order);
        await run.DeliverAsync();
        await run.GoneAsync(order);
        await run.SweepAsync();

        Assert.Equal(0, run.CpuUsed);
        Assert.Single(_world.Placed);
        await run.Meters.AssertReachesAsync(1, "provider_order_complete", "result=bid-closed-external");
    }

    [Fact]
    public async Task Bid_StandsTooLong_IsTakenBackOnceAndNeverRepeated()
    {
        var run = await _world.StartAsync();
        var order = await run.PostAndBidAsync(1);

        await run.SweepAsync();
        await run.SweepAsync();
        Assert.Empty(_world.TakenBack);
        await run.SweepUntilAsync("the bid to be taken back", () => run.Book.Find(order) is null);
        await run.SweepAsync();

        Assert.Equal(new(new(order, Build.Provider), LeaseCloseReason.Unspecified), Assert.Single(_world.TakenBack));
        Assert.Single(_world.Placed);
        Assert.Equal(0, run.CpuUsed);
        await run.Meters.AssertReachesAsync(1, "provider_order_complete", "result=bid-timeout");
        await run.Meters.AssertReachesAsync(1, "provider_bid", "action=close", "result=success");
        await Eventually.BecomesTrueAsync("both intents to be noted", () => _world.Journal.Entries.Count == 2 && _world.IsJournalClear);
    }

    [Fact]
    public async Task Bid_TimeoutZero_StandsForEver()
    {
        _world.Options.Timeout = TimeSpan.Zero;
        var run = await _world.StartAsync();
        var order = await run.PostAndBidAsync(1);

        for (var sweep = 0; sweep < 20; sweep++) await run.SweepAsync();

        Assert.Equal(OrderStage.BidOpen, run.Book.Find(order)?.Stage);
        Assert.Null(Assert.Single(run.Engine.Current.OpenBids).TimeLeft);
    }

    [Fact]
    public async Task Bid_AcceptedJustBeforeItsTime_IsNotTakenBack()
    {
        // Closing a bid that was accepted would end the lease; the scripted market throws if that is tried.
        _world.Options.SweepInterval = TimeSpan.FromMinutes(6);
        var run = await _world.StartAsync();
        var order = await run.PostAndBidAsync(1);
        _world.Market.Accept(order);

        await run.SweepAsync();

        await run.GoneAsync(order);
        Assert.Single(run.Won);
        Assert.Empty(_world.TakenBack);
    }

    [Fact]
    public async Task Bid_AcceptedWhileTheSweepLooks_IsNotTakenBack()
    {
        _world.Options.SweepInterval = TimeSpan.FromMinutes(6); // the next sweep finds the bid due
        var run = await _world.StartAsync();
        var order = await run.PostAndBidAsync(1);
        var listings = 0;
        _world.Market.Fault = call =>
        {
            // After the bids and the active leases were listed, and before the bid is taken back.
            if (call == "ListOwnLeases" && ++listings == 2) _world.Market.Accept(order);
        };

        await run.SweepAsync();
        await Eventually.BecomesTrueAsync("the lease to be seen", () => run.Won.Count == 1);

        Assert.Empty(_world.TakenBack);
        Assert.True(run.Reservations.Snapshot.Reservations[order].IsAssigned);
    }

    [Fact]
    public async Task EveryAct_IsWrittenDownBeforeItIsSent()
    {
        var unwritten = 0;
        _world.Market.Fault = call =>
        {
            if (call == "Submit" && _world.Journal.Entries.All(entry => entry.Outcome is not null)) unwritten++;
        };
        var run = await _world.StartAsync();
        var order = await run.PostAndBidAsync(1);
        await run.SweepUntilAsync("the bid to be taken back", () => run.Book.Find(order) is null);

        Assert.Equal((0, 2), (unwritten, _world.Market.Calls("Submit")));
        Assert.Equal([typeof(BidIntent.Place), typeof(BidIntent.TakeBack)], _world.Journal.Entries.Select(entry => entry.Intent.GetType()));
    }

    [Fact]
    public async Task Events_Repeated_ChangeNothing()
    {
        var run = await _world.StartAsync();
        var order = _world.Market.Post(1);
        var posted = _world.Market.TakeEvents();
        for (var times = 0; times < 3; times++) await run.Engine.HandleAsync(posted, default);
        await run.StageAsync(order, OrderStage.BidOpen);
        _world.Market.Accept(order);
        var accepted = _world.Market.TakeEvents();

        for (var times = 0; times < 3; times++) await run.Engine.HandleAsync(accepted, default);
        await run.Engine.HandleAsync(posted, default);
        await run.SweepAsync();

        Assert.Single(_world.Placed);
        Assert.Single(run.Won);
        Assert.Equal(1000, run.CpuUsed);
        Assert.True(run.Reservations.Snapshot.Reservations[order].IsAssigned);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Order_EventMissed_IsFoundByListing(bool gapIsKnown)
    {
        var run = await _world.StartAsync();
        var order = _world.Market.Post(1);
        _world.Market.TakeEvents();

        if (gapIsKnown) await run.DeliverAsync(hasGap: true);
        else await run.SweepAsync();

        await run.StageAsync(order, OrderStage.BidOpen);
    }

    [Fact]
    public async Task Order_ClosedBeforeItIsRead_IsDroppedWithItsReason()
    {
        var run = await _world.StartAsync();
        var order = _world.Market.Post(1);
        var posted = _world.Market.TakeEvents();
        _world.Market.Close(order, new MarketEvent.OrderClosed(order));

        await run.Engine.HandleAsync(posted, default);
        await run.DecidedAsync(order, DeclineReason.OrderGone);
        await run.GoneAsync(order);

        Assert.Equal(DeclineReason.OrderGone, Assert.Single(_world.Decisions.Records).Reason);
        Assert.Empty(_world.Market.Done);
    }

    [Trait(Pain.Trait, Pain.LeakOnRefusal)]
    [Fact]
    public async Task Order_Declined_IsExplainedOnceAndForgotten()
    {
        var run = await _world.StartAsync();
        var order = await run.PostAsync(1, Build.Group(Build.Unit(limit: "1")));
        await run.DecidedAsync(order, DeclineReason.AboveLimit);

        await run.SweepAsync();
        await run.SweepAsync();

        var record = Assert.Single(_world.Decisions.Records);
        Assert.Contains("ours 5.931488 uact/tick", record.Detail, StringComparison.Ordinal);
        Assert.Null(run.Book.Find(order));
        await run.Meters.AssertReachesAsync(1, "provider_order_declined_total", "reason=AboveLimit");
        Assert.Equal(1, _world.Market.Calls("FindOrder")); // the listing is enough to decline it again
    }

    [Fact]
    public async Task Metrics_OfALife_AreCountedWithoutIds()
    {
        var run = await _world.StartAsync();
        var order = await run.PostAndBidAsync(1);
        Assert.Equal((1, 1), (run.Meters.Gauge("provider_order_manager"), run.Meters.Gauge("provider_bids_open")));
        _world.Market.Accept(order);
        await run.DeliverAsync();
        await run.PostAsync(2, Build.Group(Build.Unit(limit: "1")));
        await Eventually.BecomesTrueAsync("the second order to be declined", () => run.Meters.Sum("provider_should_bid", "result=decline") > 0);

        await run.Meters.AssertReachesAsync(1, "provider_should_bid", "result=accept");
        await run.Meters.AssertReachesAsync(1, "provider_bid", "action=open", "result=success");
        await run.Meters.AssertReachesAsync(2, "provider_order_handler", "action=start");
        Assert.Equal(1, run.Meters.Count("provider_order_to_bid_seconds"));
        Assert.Equal(2, run.Meters.Count("provider_decision_duration_seconds"));
        Assert.Subset(new HashSet<string> { "action", "result", "reason", "quantity", "classification" }, run.Meters.TagNames().ToHashSet());
    }
}
