using ProviderAgent.Bidding.Tests.Support;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Engine;

/// <summary>Stopping, starting and dying.</summary>
public sealed class BidEngineRestartTests : IAsyncLifetime
{
    private readonly World _world = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Stop_WithOpenBids_ClosesNothingAndStartAdoptsThem()
    {
        var run = await _world.StartAsync();
        var order = await run.PostAndBidAsync(1);
        _world.Time.Advance(TimeSpan.FromMinutes(3));
        await run.StopAsync();
        Assert.Single(_world.Market.Done);

        var next = await _world.StartAsync();

        Assert.Equal(OrderStage.BidOpen, next.Book.Find(order)?.Stage);
        Assert.Equal(1000, next.CpuUsed);
        Assert.InRange(Assert.Single(next.Engine.Current.OpenBids).TimeLeft ?? default, TimeSpan.FromMinutes(1.5), TimeSpan.FromMinutes(2.5)); // its age counts
        await next.SweepAsync();
        Assert.Single(_world.Placed);
    }

    [Fact]
    public async Task Start_UntilTheMarketWasSeenWholeSomeTimes_TheBooksAreNotComplete()
    {
        var run = await _world.StartAsync();
        var order = await run.PostAndBidAsync(1);
        _world.Market.Accept(order);
        await run.DeliverAsync();
        await run.StopAsync();

        // A node that lists the lease and does not know its order hides what the lease has.
        _world.Market.HideOrders = true;
        var next = await _world.StartAsync();
        for (var sweep = 0; sweep < 5; sweep++) await next.SweepAsync();
        Assert.False(next.Reservations.IsComplete);

        _world.Market.HideOrders = false;
        await next.SweepUntilAsync("the books to be complete", () => next.Reservations.IsComplete);
        Assert.Equal(1000, next.CpuUsed);
    }

    [Fact]
    public async Task Stop_WhileABidIsOnItsWay_LeavesItToTheNextStart()
    {
        _world.Market.HoldReplies = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var run = await _world.StartAsync();
        var order = await run.PostAsync(1);
        await Eventually.BecomesTrueAsync("the bid to take effect", () => _world.Placed.Count == 1);
        await run.StopAsync();
        _world.Market.HoldReplies.SetResult();
        _world.Market.HoldReplies = null;
        Assert.False(_world.IsJournalClear);

        var next = await _world.StartAsync();

        Assert.Equal(OrderStage.BidOpen, next.Book.Find(order)?.Stage);
        Assert.Equal(BidIntentResult.Found, Assert.Single(_world.Journal.Entries).Outcome?.Result);
        await next.SweepAsync();
        Assert.Single(_world.Placed);
    }

    [Fact]
    public async Task Start_LeasesRun_AssignsTheirResourcesEvenBeyondTheHost()
    {
        var earlier = await _world.StartAsync();
        var active = await earlier.PostAndBidAsync(1);
        var reclaiming = await earlier.PostAndBidAsync(2);
        var ended = await earlier.PostAndBidAsync(3);
        foreach (var order in (OrderId[])[active, reclaiming, ended]) _world.Market.Accept(order);
        _world.Market.SetLeaseState(reclaiming, LeaseState.Reclaiming);
        _world.Market.SetLeaseState(ended, LeaseState.Closed);
        await earlier.StopAsync();
        _world.Market.TakeEvents();

        var next = _world.NewRun();
        next.Measure(milli: 1500); // the host has shrunk
        await next.StartAsync();
        await next.ReadyAsync();

        Assert.Equal(2000, next.CpuUsed);
        Assert.All(next.Reservations.Snapshot.Reservations.Values, reservation => Assert.True(reservation.IsAssigned));
        var order4 = await next.PostAsync(4);
        await next.DecidedAsync(order4, DeclineReason.DoesNotFit);
        Assert.Empty(next.Won); // found at start: whoever runs workloads reads the market itself
    }

    [Fact]
    public async Task Start_OldEventsComeAgain_DoNotFreeALeasesResources()
    {
        var earlier = await _world.StartAsync();
        var order = _world.Market.Post(1);
        var posted = _world.Market.TakeEvents();
        await earlier.Engine.HandleAsync(posted, default);
        await earlier.StageAsync(order, OrderStage.BidOpen);
        _world.Market.Accept(order);
        var accepted = _world.Market.TakeEvents();
        await earlier.StopAsync();

        var next = await _world.StartAsync();
        await next.Engine.HandleAsync(posted, default);
        await Eventually.BecomesTrueAsync("the old order to be looked at", () => next.Meters.Sum("provider_order_handler", "action=stop") == 1);
        Assert.True(next.Reservations.Snapshot.Reservations[order].IsAssigned);
        await next.Engine.HandleAsync(accepted, default);
        await next.SweepAsync();

        Assert.True(next.Reservations.Snapshot.Reservations[order].IsAssigned);
        Assert.Equal(1000, next.CpuUsed);
    }

    [Fact]
    public async Task Start_LeaseEndsWhileItIsLookedUp_IsNotBooked()
    {
        // Whoever tears the lease down has released its resources by then and does not come back.
        var earlier = await _world.StartAsync();
        var order = await earlier.PostAndBidAsync(1);
        _world.Market.Accept(order);
        await earlier.StopAsync();
        _world.Market.TakeEvents();
        _world.Market.Fault = call =>
        {
            if (call == "FindOrder") _world.Market.SetLeaseState(order, LeaseState.Closed);
        };

        var next = await _world.StartAsync();

        Assert.Equal(1, _world.Market.Calls("FindLease"));
        Assert.Equal(0, next.CpuUsed);
    }

    [Fact]
    public async Task Start_OurBidOnAnOpenOrderWasTakenBack_IsNotRepeated()
    {
        var earlier = await _world.StartAsync();
        var order = await earlier.PostAndBidAsync(1);
        _world.Market.CloseOurBid(order);
        await earlier.StopAsync();
        _world.Market.TakeEvents();

        var next = await _world.StartAsync();
        await next.DecidedAsync(order, DeclineReason.AlreadyBid);
        var asked = _world.Market.Calls("FindBid");
        await next.SweepAsync();
        await next.SweepAsync();

        Assert.Single(_world.Placed);
        Assert.Equal(0, next.CpuUsed);
        Assert.Equal(asked, _world.Market.Calls("FindBid")); // remembered while the order stays open
    }

    [Theory]
    [InlineData("FindOrder:before")]
    [InlineData("FindOrder:after")]
    [InlineData("Record:before")]
    [InlineData("Record:after")]
    [InlineData("Begin:before")]
    [InlineData("Begin:after")]
    [InlineData("Submit:before")]
    [InlineData("Submit:after")]
    [InlineData("Complete:before")]
    [InlineData("Complete:after")]
    public async Task Kill_AtAnyPointOfABid_EndsAsIfNothingHappened(string point)
    {
        var victim = await _world.StartAsync();
        victim.Life.DieAt = point;
        var order = await victim.PostAsync(1);
        await victim.Life.Died.WaitAsync(TimeSpan.FromMinutes(2));

        var next = await StartAfterKillAsync();
        await next.StageAsync(order, OrderStage.BidOpen);
        await next.SweepAsync();

        Assert.Single(_world.Placed);
        Assert.Equal(BidState.Open, _world.Market.BidOn(order).State);
        Assert.Equal(1000, next.CpuUsed);
        Assert.True(_world.Decisions.Latest(order)?.IsBid);
        await Eventually.BecomesTrueAsync("the journal to be clear", () => _world.IsJournalClear);
    }

    [Theory]
    [InlineData("Begin:before")]
    [InlineData("Begin:after")]
    [InlineData("Submit:before")]
    [InlineData("Submit:after")]
    [InlineData("Complete:before")]
    [InlineData("Complete:after")]
    public async Task Kill_AtAnyPointOfTakingBack_EndsAsIfNothingHappened(string point)
    {
        var victim = await _world.StartAsync();
        var order = await victim.PostAndBidAsync(1);
        await Eventually.BecomesTrueAsync("the bid's outcome to be noted", () => _world.IsJournalClear);
        victim.Life.DieAt = point;
        await victim.SweepUntilDeadAsync();

        var next = await StartAfterKillAsync();
        await next.SweepUntilAsync("the bid to be taken back", () => _world.TakenBack.Count == 1 && next.Book.Find(order) is null);
        await next.SweepAsync();

        Assert.Single(_world.TakenBack);
        Assert.Single(_world.Placed);
        Assert.Equal(0, next.CpuUsed);
        await Eventually.BecomesTrueAsync("the journal to be clear", () => _world.IsJournalClear);
    }

    [Theory]
    [InlineData("Settle:after")]
    [InlineData("ListOpen:after")]
    [InlineData("FindBid:after")]
    [InlineData("Complete:before")]
    [InlineData("ListOwnBids:before")]
    [InlineData("ListOwnLeases:after")]
    public async Task Kill_WhileStarting_SecondStartRecovers(string point)
    {
        var victim = await _world.StartAsync();
        victim.Life.DieAt = "Submit:after";
        var order = await victim.PostAsync(1);
        await victim.Life.Died.WaitAsync(TimeSpan.FromMinutes(2));
        var second = _world.NewRun(dieAt: point);
        await second.StartAsync();
        await second.Life.Died.WaitAsync(TimeSpan.FromMinutes(2));

        var third = await StartAfterKillAsync();

        await third.StageAsync(order, OrderStage.BidOpen);
        Assert.Single(_world.Placed);
        Assert.True(_world.IsJournalClear);
    }

    [Fact]
    public async Task Kill_BidAcceptedWhileDead_IsALeaseAfterTheStart()
    {
        var victim = await _world.StartAsync();
        victim.Life.DieAt = "Submit:after";
        var order = await victim.PostAsync(1);
        await victim.Life.Died.WaitAsync(TimeSpan.FromMinutes(2));
        _world.Market.Accept(order);

        var next = await StartAfterKillAsync();

        Assert.True(next.Reservations.Snapshot.Reservations[order].IsAssigned);
        Assert.True(_world.IsJournalClear);
        Assert.Single(_world.Market.Done);
    }

    private async Task<EngineRun> StartAfterKillAsync()
    {
        _world.Market.TakeEvents(); // nobody heard them
        var next = _world.NewRun();
        await next.StartAsync();
        await Eventually.BecomesTrueAsync("bidding to be ready", () => next.Engine.Current.IsReady);
        return next;
    }
}
