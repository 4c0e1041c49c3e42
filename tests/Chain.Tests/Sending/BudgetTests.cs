using ProviderAgent.Chain.Queries;
using ProviderAgent.Chain.Tests.Scripted;
using ProviderAgent.Chain.Wire.Market.V1Beta5;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Tests.Sending;

/// <summary>Fees and deposits have a limit, beyond which no bid is placed.</summary>
public sealed class BudgetTests
{
    [Fact]
    public async Task FeesPerHour_UsedUp_BidsPauseAndEverythingElseGoes()
    {
        // A transaction costs 3750 here: the second one fits, the third does not.
        await using var fixture = await SenderFixture.CreateAsync();
        Limit(fixture, new(FeesPerHour: Coin.Parse("8000uakt")));
        fixture.KeepProducing();
        Assert.IsType<ActionOutcome.Done>(await fixture.SubmitAsync(TestKeys.PlaceBid(1)));
        Assert.IsType<ActionOutcome.Done>(await fixture.SubmitAsync(TestKeys.PlaceBid(2)));

        var refused = Assert.IsType<ActionOutcome.Refused>(await fixture.SubmitAsync(TestKeys.PlaceBid(3)));

        Assert.Equal((MarketRefusal.BudgetSpent, 0L), (refused.Reason, refused.Fee.Amount));
        Assert.Contains("bidding.budget.fees_per_hour", refused.Detail);
        Assert.True(fixture.Host.Log.Has("BudgetSpent"));
        Assert.True(fixture.Host.Get<ChainMetrics>().IsBudgetSpent);
        Assert.IsType<ActionOutcome.Done>(await fixture.SubmitAsync(TestKeys.Withdraw(1)));
        Assert.Equal(0, fixture.TimesDone(TestKeys.PlaceBid(3)));
    }

    [Fact]
    public async Task FeesPerDay_SpentByAnEarlierRun_Counts()
    {
        await using var fixture = await SenderFixture.CreateAsync();
        fixture.KeepProducing();
        Assert.IsType<ActionOutcome.Done>(await fixture.SubmitAsync(TestKeys.PlaceBid(1)));
        await fixture.KillAsync();

        await fixture.StartAsync();
        Limit(fixture, new(FeesPerDay: Coin.Parse("7000uakt")));

        var refused = Assert.IsType<ActionOutcome.Refused>(await fixture.SubmitAsync(TestKeys.PlaceBid(2)));
        Assert.Contains("bidding.budget.fees_per_day", refused.Detail);
        Assert.Equal(Coin.Parse("3750uakt"), fixture.Host.Get<ISpendingMeter>().FeesWithin(TimeSpan.FromDays(1)));
    }

    [Fact]
    public async Task Fees_OfAnEarlierRun_AreKnownBeforeTheFirstBid()
    {
        await using var fixture = await SenderFixture.CreateAsync();
        fixture.KeepProducing();
        Assert.IsType<ActionOutcome.Done>(await fixture.SubmitAsync(TestKeys.PlaceBid(1)));
        await fixture.KillAsync();

        await fixture.StartAsync();
        await fixture.Market.SettleAsync(CancellationToken.None);

        Assert.Equal(Coin.Parse("3750uakt"), fixture.Host.Get<ISpendingMeter>().FeesWithin(TimeSpan.FromHours(1)));
        Assert.Equal(0, fixture.Host.Get<ISpendingMeter>().FeesWithin(TimeSpan.Zero).Amount);
    }

    [Fact]
    public async Task Limit_InACoinThatFeesAreNotPaidIn_IsNoLicence()
    {
        await using var fixture = await SenderFixture.CreateAsync();
        fixture.KeepProducing();
        Limit(fixture, new(FeesPerDay: Coin.Parse("7000uact")));

        var refused = Assert.IsType<ActionOutcome.Refused>(await fixture.SubmitAsync(TestKeys.PlaceBid(1)));

        Assert.Contains("bidding.budget.fees_per_day is in uact, but fees are paid in uakt", refused.Detail);
    }

    [Fact]
    public async Task Deposits_LockedByOpenBids_Count()
    {
        var locked = 0L;
        await using var fixture = await SenderFixture.CreateAsync();
        Limit(fixture, new(Deposits: Coin.Parse("1000000uakt")));
        fixture.Node.Abci.On(QueryPaths.Bids, QueryBidsRequest.Parser, request => request.Filters.State == "open" && locked > 0
            ? new QueryBidsResponse { Bids = { Bid(locked) } }
            : new QueryBidsResponse());
        fixture.KeepProducing();
        Assert.IsType<ActionOutcome.Done>(await fixture.SubmitAsync(TestKeys.PlaceBid(1)));

        locked = 500_001;
        var refused = Assert.IsType<ActionOutcome.Refused>(await fixture.SubmitAsync(TestKeys.PlaceBid(2)));
        Assert.Equal(MarketRefusal.BudgetSpent, refused.Reason);
        Assert.Contains("bidding.budget.deposits", refused.Detail);

        locked = 500_000; // exactly at the limit
        Assert.IsType<ActionOutcome.Done>(await fixture.SubmitAsync(TestKeys.PlaceBid(2)));
        Assert.True(fixture.Host.Log.Has("BudgetFree"));
    }

    private static void Limit(SenderFixture fixture, SpendingLimits limits) => fixture.Host.Get<ChainHost.SettableLimits>().Current = limits;

    private static QueryBidResponse Bid(long deposit) => new()
    {
        EscrowAccount = new()
        {
            State = new()
            {
                State = Wire.Escrow.Types.State.Open,
                Funds = { new Wire.Escrow.Types.Balance { Denom = "uakt", Amount = $"{deposit}000000000000000000" } },
            },
        },
    };
}
