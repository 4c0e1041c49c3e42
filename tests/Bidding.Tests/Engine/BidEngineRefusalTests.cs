using ProviderAgent.Bidding.Tests.Support;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Engine;

/// <summary>What follows from each kind of refusal.</summary>
public sealed class BidEngineRefusalTests : IAsyncLifetime
{
    private readonly World _world = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Theory]
    [InlineData(MarketRefusal.OrderNotFound)]
    [InlineData(MarketRefusal.OrderNotOpen)]
    public async Task OrderGone_IsDroppedQuietly(MarketRefusal refusal)
    {
        var run = await StartWithRefusalAsync(refusal);

        await run.GoneAsync(Build.OrderId(1));

        Assert.Equal(0, run.CpuUsed);
        Assert.Null(run.Engine.Current.Paused);
        Assert.True(Assert.Single(_world.Decisions.Records).IsBid);
        await Eventually.BecomesTrueAsync("the outcome to be noted", () => _world.IsJournalClear);
        Assert.Equal(BidIntentResult.Refused, Assert.Single(_world.Journal.Entries).Outcome?.Result);
    }

    [Theory]
    [InlineData(MarketRefusal.Other)]
    [InlineData(MarketRefusal.PriceAboveLimit)]
    [InlineData(MarketRefusal.AttributesMismatch)]
    [InlineData(MarketRefusal.CapabilitiesMismatch)]
    [InlineData(MarketRefusal.ReclaimRequired)]
    [InlineData(MarketRefusal.ReclaimWindowTooShort)]
    [InlineData(MarketRefusal.ReclaimWindowOutOfBounds)]
    public async Task RefusedForGood_IsRecordedAndNeverTriedAgain(MarketRefusal refusal)
    {
        var run = await StartWithRefusalAsync(refusal);
        await run.DecidedAsync(Build.OrderId(1), DeclineReason.RefusedByMarket);
        await run.GoneAsync(Build.OrderId(1));

        await run.SweepAsync();
        await run.SweepAsync();

        Assert.Equal(1, _world.Market.Calls("Submit"));
        Assert.Equal(0, run.CpuUsed);
        Assert.Contains(refusal.ToString(), _world.Decisions.Latest(Build.OrderId(1))?.Detail, StringComparison.Ordinal);
        await run.Meters.AssertReachesAsync(1, "provider_bid", "action=open", "result=fail");
    }

    [Trait(Pain.Trait, Pain.PaysForFullOrders)]
    [Fact]
    public async Task TooManyBids_IsRecordedAndTriedAgainWhenThereIsRoom()
    {
        var run = await StartWithRefusalAsync(MarketRefusal.TooManyBids);
        await run.DecidedAsync(Build.OrderId(1), DeclineReason.OrderFull);

        await run.SweepAsync();

        await run.StageAsync(Build.OrderId(1), OrderStage.BidOpen);
    }

    [Theory]
    [InlineData(MarketRefusal.InsufficientFunds, "send it funds")]
    [InlineData(MarketRefusal.FeeTooLow, "chain.gas.price")]
    [InlineData(MarketRefusal.Unauthorized, "chain.key")]
    [InlineData(MarketRefusal.ProviderNotRegistered, "provider-agent register")]
    public async Task ConcernsEveryBid_PausesVisiblyAndTriesAgainLater(MarketRefusal refusal, string fix)
    {
        var run = await StartWithRefusalAsync(refusal, refusal);
        await Eventually.BecomesTrueAsync("bidding to pause", () => run.Engine.Current.Paused is not null);
        await run.GoneAsync(Build.OrderId(1));
        Assert.Contains(fix, run.Engine.Current.Paused, StringComparison.Ordinal);
        Assert.Equal(0, run.CpuUsed);

        var second = await run.PostAsync(2);
        await run.DecidedAsync(second, DeclineReason.Paused);
        Assert.Equal(1, _world.Market.Calls("Submit"));

        await run.SweepUntilAsync("both bids to stand", () => run.Book.OpenBids == 2);
        Assert.Null(run.Engine.Current.Paused);
        Assert.Equal(2, _world.Placed.Count);
        Assert.True(_world.Market.Calls("Submit") <= 4, "a refusal is not run into again and again");
    }

    [Fact]
    public async Task BidExists_IsAdopted()
    {
        var run = await _world.StartAsync();
        var order = _world.Market.Post(1);
        await _world.Market.SubmitAsync(new MarketAction.PlaceBid(new(order, Build.Provider), Build.PerTick("3"), new(500_000, Build.Uakt), [], null), default);
        _world.Market.HideBids = true; // a node that does not know it yet, so that we try to bid
        _world.Market.Fault = call => _world.Market.HideBids &= call != "Submit";

        await run.DeliverAsync();
        await run.StageAsync(order, OrderStage.BidOpen);

        Assert.Equal(1000, run.CpuUsed);
        Assert.Single(_world.Placed);
    }

    [Fact]
    public async Task BidExists_ButNoNodeShowsIt_IsAskedForAgain()
    {
        var run = await _world.StartAsync();
        var order = _world.Market.Post(1);
        await _world.Market.SubmitAsync(new MarketAction.PlaceBid(new(order, Build.Provider), Build.PerTick("3"), new(500_000, Build.Uakt), [], null), default);
        _world.Market.HideBids = true;
        await run.DeliverAsync();
        await Eventually.BecomesTrueAsync("the bid to be refused", () => _world.Market.Calls("Submit") == 2);
        await run.StageAsync(order, OrderStage.Placing);

        _world.Market.HideBids = false;
        await run.SweepUntilAsync("the bid to be adopted", () => run.Book.Find(order)?.Stage == OrderStage.BidOpen);

        Assert.Single(_world.Placed);
        Assert.Equal(1000, run.CpuUsed);
    }

    [Fact]
    public async Task DepositInvalid_ReadsTheRulesAgainAndBidsWithTheNewDeposit()
    {
        var run = await _world.StartAsync();
        _world.Market.Parameters = Build.Parameters with { MinBidDeposits = [new(750_000, Build.Uakt)] };

        await run.PostAndBidAsync(1);

        Assert.Equal(new Coin(750_000, Build.Uakt), Assert.Single(_world.Placed).Deposit);
        Assert.Equal(2, _world.Market.Calls("Submit"));
    }

    [Fact]
    public async Task DepositInvalid_RulesUnchanged_PausesInsteadOfTryingForEver()
    {
        var run = await StartWithRefusalAsync(MarketRefusal.DepositInvalid);

        await Eventually.BecomesTrueAsync("bidding to pause", () => run.Engine.Current.Paused is not null);

        Assert.Contains("bidding.deposit", run.Engine.Current.Paused, StringComparison.Ordinal);
        Assert.Equal(1, _world.Market.Calls("Submit"));
    }

    [Fact]
    public async Task DepositCoinNotTaken_IsDeclinedWithoutAsking()
    {
        _world.Options.Deposit = new(1_000_000, Denom.Parse("uatom"));
        var run = await _world.StartAsync();

        var order = await run.PostAsync(1);
        await run.DecidedAsync(order, DeclineReason.DepositCoin);

        Assert.Equal(0, _world.Market.Calls("Submit"));
    }

    [Theory]
    [InlineData(MarketRefusal.BidNotOpen)]
    [InlineData(MarketRefusal.InsufficientFunds)]
    [InlineData(MarketRefusal.Other)]
    public async Task TakingBack_Refused_IsTriedAgainMuchLater(MarketRefusal refusal)
    {
        var run = await _world.StartAsync();
        var order = await run.PostAndBidAsync(1);
        _world.Market.RefuseNext(order, refusal);
        await run.SweepUntilAsync("the first try", () => _world.Market.Calls("Submit") == 2);
        await run.StageAsync(order, OrderStage.Closing);
        Assert.Equal(1000, run.CpuUsed);

        await run.SweepAsync();
        await run.SweepAsync();
        Assert.Equal(2, _world.Market.Calls("Submit"));

        await run.SweepUntilAsync("the second try", () => _world.TakenBack.Count == 1);
        await run.GoneAsync(order);
        Assert.Equal(0, run.CpuUsed);
    }

    private async Task<EngineRun> StartWithRefusalAsync(params MarketRefusal[] refusals)
    {
        var run = await _world.StartAsync();
        _world.Market.RefuseNext(Build.OrderId(1), refusals);
        await run.PostAsync(1);
        await Eventually.BecomesTrueAsync("the bid to be sent", () => _world.Market.Calls("Submit") > 0);
        return run;
    }
}
