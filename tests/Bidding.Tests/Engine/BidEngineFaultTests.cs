using ProviderAgent.Bidding.Tests.Support;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Engine;

/// <summary>The market, or our own disk, does not answer.</summary>
public sealed class BidEngineFaultTests : IAsyncLifetime
{
    private readonly World _world = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Theory]
    [InlineData("Settle")]
    [InlineData("GetParameters")]
    [InlineData("FindProvider")]
    [InlineData("ListAudits")]
    [InlineData("ListOwnBids")]
    [InlineData("ListOwnBids:half")]
    [InlineData("ListOwnLeases")]
    [InlineData("GetTick")]
    [InlineData("FindOrder")]
    [InlineData("FindLease")]
    public async Task Start_CallFails_WaitsAndBidsOnNothingUntilItAnswers(string call)
    {
        var (bidOn, leased, open) = await PrepareEarlierRunAsync();
        var isDown = true;
        _world.Market.Fault = name => ThrowIf(isDown && name == call);
        var run = _world.NewRun();
        await run.StartAsync();
        await Eventually.BecomesTrueAsync("the start to be delayed", () => run.Log<BidEngine>().Has("StartDelayed"));
        await run.DeliverAsync();
        Assert.False(run.Engine.Current.IsReady);

        isDown = false;
        await Eventually.BecomesTrueAsync("the start to go on", () =>
        {
            if (run.Engine.Current.IsReady) return true;
            _world.Time.Advance(TimeSpan.FromSeconds(1));
            return false;
        });

        await run.StageAsync(open, OrderStage.BidOpen);
        Assert.Equal(OrderStage.BidOpen, run.Book.Find(bidOn)?.Stage);
        Assert.True(run.Reservations.Snapshot.Reservations[leased].IsAssigned);
        Assert.Equal(3, _world.Placed.Count);
        Assert.Equal(3000, run.CpuUsed);
    }

    [Theory]
    [InlineData("FindOrder")]
    [InlineData("FindBid")]
    [InlineData("CountBids")]
    [InlineData("Submit")]
    [InlineData("Submit:done")]
    public async Task Bidding_CallFails_EndsInExactlyOneBid(string call)
    {
        var run = await _world.StartAsync();
        var isDown = true;
        _world.Market.Fault = name => ThrowIf(isDown && name == call);
        var order = await run.PostAsync(1);
        await Eventually.BecomesTrueAsync("the call to fail", () => _world.Market.Calls(call.Split(':')[0]) > 0);
        await run.SweepAsync();
        await run.SweepAsync();
        if (call.StartsWith("Submit", StringComparison.Ordinal)) Assert.Equal(1000, run.CpuUsed); // the bid may stand: nothing is released

        isDown = false;
        await run.SweepUntilAsync("the bid to stand", () => run.Book.Find(order)?.Stage == OrderStage.BidOpen);

        Assert.Single(_world.Placed);
        Assert.Equal(1000, run.CpuUsed);
        await Eventually.BecomesTrueAsync("the intent to be noted", () => _world.IsJournalClear);
        Assert.Single(_world.Journal.Entries);
    }

    [Fact]
    public async Task HostCanRunNothing_NothingIsBidOn_AndEverythingAsSoonAsItCan()
    {
        _world.Host.Problem = "the container engine does not answer";
        var run = await _world.StartAsync();
        var order = await run.PostAsync(1);
        await run.DecidedAsync(order, DeclineReason.Paused);
        Assert.Equal("the container engine does not answer", _world.Decisions.Latest(order)!.Detail);
        await run.SweepAsync();
        Assert.Empty(_world.Placed);
        Assert.Equal("the container engine does not answer", run.Engine.Current.Paused);

        _world.Host.Recover(); // no sweep is waited for

        await run.StageAsync(order, OrderStage.BidOpen);
        Assert.Single(_world.Placed);
        Assert.Null(run.Engine.Current.Paused);
    }

    [Theory]
    [InlineData("FindBid")]
    [InlineData("Submit")]
    [InlineData("Submit:done")]
    public async Task TakingBack_CallFails_EndsInExactlyOneClose(string call)
    {
        var run = await _world.StartAsync();
        var order = await run.PostAndBidAsync(1);
        var isDown = true;
        _world.Market.Fault = name => ThrowIf(isDown && name == call);
        for (var sweep = 0; sweep < 8; sweep++) await run.SweepAsync();
        if (call != "Submit:done") Assert.Equal(1000, run.CpuUsed); // the bid stands: nothing is released

        isDown = false;
        await run.SweepUntilAsync("the bid to be taken back", () => run.Book.Find(order) is null);

        Assert.Single(_world.TakenBack);
        Assert.Equal(0, run.CpuUsed);
        await run.Meters.AssertReachesAsync(1, "provider_order_complete", "result=bid-timeout");
    }

    [Fact]
    public async Task OutcomeUnknown_OrderClosedMeanwhile_ReleasesAndNotesIt()
    {
        var run = await _world.StartAsync();
        _world.Market.Fault = name => ThrowIf(name == "Submit");
        var order = await run.PostAsync(1);
        await Eventually.BecomesTrueAsync("the bid to fail", () => _world.Market.Calls("Submit") > 0);
        await run.StageAsync(order, OrderStage.Placing);
        _world.Market.Fault = null;
        _world.Market.Close(order, new MarketEvent.OrderClosed(order));
        _world.Market.TakeEvents();

        await run.SweepUntilAsync("the order to be dropped", () => run.Book.Find(order) is null);

        Assert.Equal(0, run.CpuUsed);
        await Eventually.BecomesTrueAsync("the intent to be noted", () => _world.Journal.Entries.Single().Outcome?.Result == BidIntentResult.Dropped);
    }

    [Trait(Pain.Trait, Pain.OutageClosesLeases)]
    [Fact]
    public async Task MarketDownForHours_NothingIsReleasedOrClosed()
    {
        var run = await _world.StartAsync();
        var bidOn = await run.PostAndBidAsync(1);
        var won = await run.PostAndBidAsync(2);
        _world.Market.Accept(won);
        await run.DeliverAsync();
        await run.GoneAsync(won);
        _world.Market.Fault = _ => ThrowIf(true);

        for (var minute = 0; minute < 120; minute++)
        {
            await run.SweepAsync();
            run.Reservations.ExpireDue(); // as the inventory's timer does
        }

        Assert.Equal(OrderStage.BidOpen, run.Book.Find(bidOn)?.Stage);
        Assert.Equal(2000, run.CpuUsed);
        Assert.Empty(_world.TakenBack);
        Assert.Equal(1, run.Log<BidEngine>().Count("MarketAway"));

        _world.Market.Fault = null;
        await run.SweepUntilAsync("the old bid to be taken back", () => run.Book.Find(bidOn) is null);
        Assert.True(run.Log<BidEngine>().Has("MarketBack"));
    }

    [Fact]
    public async Task Listing_BreaksOffHalfway_RestIsFoundNextTime()
    {
        var run = await _world.StartAsync();
        for (var number = 1; number <= 20; number++) _world.Market.Post(number);
        _world.Market.TakeEvents();
        _world.Market.Fault = name => ThrowIf(name == "ListOpenOrders:half");
        await run.SweepAsync();
        await Eventually.BecomesTrueAsync("the first half to be bid on", () => _world.Placed.Count == 10);

        _world.Market.Fault = null;
        await run.SweepUntilAsync("all to be bid on", () => _world.Placed.Count == 20);

        Assert.Equal(20, _world.Placed.Count);
    }

    [Fact]
    public async Task Bid_NotShownByTheMarket_IsGivenUpAfterThreeSweeps()
    {
        _world.Options.Timeout = TimeSpan.Zero;
        var run = await _world.StartAsync();
        var order = await run.PostAndBidAsync(1);
        _world.Market.HideBids = true;
        _world.Market.CloseOurBid(order);
        _world.Market.TakeEvents();

        await run.SweepAsync();
        await run.SweepAsync();
        Assert.Equal(1000, run.CpuUsed);

        await run.SweepAsync();
        Assert.Null(run.Book.Find(order));
        Assert.True(run.Log<Reconciler>().Has("BidVanished"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task DiskFull_NothingIsSentUntilThereIsRoom(bool journalToo)
    {
        var run = await _world.StartAsync();
        _world.Decisions.IsBroken = !journalToo;
        _world.Journal.IsBroken = journalToo;
        var order = await run.PostAsync(1);
        await Eventually.BecomesTrueAsync("bidding to pause", () => run.Engine.Current.Paused is not null);
        await run.GoneAsync(order);
        Assert.Contains("the disk is full", run.Engine.Current.Paused, StringComparison.Ordinal);
        Assert.Equal((0L, 0), (run.CpuUsed, _world.Market.Calls("Submit")));

        // Both are written side by side: an intent without its decision is taken back, so that nobody asks the market about it later.
        Assert.Equal(journalToo ? [] : [BidIntentResult.Dropped], _world.Journal.Entries.Select(entry => entry.Outcome?.Result).Distinct());

        _world.Decisions.IsBroken = _world.Journal.IsBroken = false;
        await run.SweepUntilAsync("the bid to stand", () => run.Book.Find(order)?.Stage == OrderStage.BidOpen);
        Assert.Single(_world.Placed);
    }

    [Fact]
    public async Task DiskFull_AfterTheBid_LosesNothing()
    {
        var run = await _world.StartAsync();
        _world.Market.Fault = name => _world.Journal.IsBroken |= name == "Submit:done";
        var order = await run.PostAndBidAsync(1);
        await Eventually.BecomesTrueAsync("the note to fail", () => run.Log<JournalKeeper>().Has("OutcomeNotNoted"));
        await run.StopAsync();

        _world.Market.Fault = null;
        _world.Journal.IsBroken = false;
        var next = await _world.StartAsync();

        Assert.Equal(OrderStage.BidOpen, next.Book.Find(order)?.Stage);
        Assert.Equal(BidIntentResult.Found, Assert.Single(_world.Journal.Entries).Outcome?.Result);
        Assert.Single(_world.Placed);
    }

    [Fact]
    public async Task Order_Unreadable_IsDeclinedAndTheOthersGoOn()
    {
        var run = await _world.StartAsync();
        var first = true;
        _world.Market.Fault = name =>
        {
            if (name != "FindOrder" || !first) return;
            first = false;
            throw new MarketUnavailableException("the answer makes no sense", isTransient: false);
        };

        var bad = await run.PostAsync(1);
        await run.DecidedAsync(bad, DeclineReason.Unreadable);
        await run.PostAndBidAsync(2);
    }

    [Fact]
    public async Task Act_FailsUnexpectedly_EndsTheEngineForTheServiceManagerToRestart()
    {
        var run = await _world.StartAsync();
        _world.Market.Fault = name =>
        {
            if (name == "Submit") throw new InvalidOperationException("a defect");
        };

        await run.PostAsync(1);

        Assert.NotNull(run.Engine.ExecuteTask);
        await Assert.ThrowsAsync<InvalidOperationException>(() => run.Engine.ExecuteTask.WaitAsync(TimeSpan.FromMinutes(2)));
        Assert.False(_world.IsJournalClear); // the next start asks the market
    }

    private static void ThrowIf(bool condition)
    {
        if (condition) throw new MarketUnavailableException("no endpoint answers");
    }

    /// <summary>Leaves one bid that stands, one lease that runs, and one order that nobody bid on.</summary>
    private async Task<(OrderId BidOn, OrderId Leased, OrderId Open)> PrepareEarlierRunAsync()
    {
        var earlier = await _world.StartAsync();
        var bidOn = await earlier.PostAndBidAsync(1);
        var leased = await earlier.PostAndBidAsync(2);
        await earlier.StopAsync();
        _world.Market.Accept(leased);
        var open = _world.Market.Post(3);
        _world.Market.TakeEvents();
        return (bidOn, leased, open);
    }
}
