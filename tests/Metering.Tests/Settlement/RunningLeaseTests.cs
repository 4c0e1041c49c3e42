namespace ProviderAgent.Metering.Tests;

public sealed class RunningLeaseTests
{
    private static readonly LeaseId Lease = Sample.Lease(1);

    [Theory]
    [InlineData(5_000, 500_000, 5_000)]
    [InlineData(10_000, 1_000_000, 0)]
    [InlineData(10_001, 1_000_000, -1)]
    public async Task Read_OneLease_KnowsWhatIsOwedAndForHowLong(long passed, long owed, long ticksLeft)
    {
        // The published example: 1 000 000 in the escrow, 100 a tick.
        var market = new ScriptedMarket();
        market.AddLease(Lease, "100", 1_000_000);
        market.Advance(passed);

        var lease = Assert.Single((await LeaseAccounts.ReadAsync(market, default)).Leases);

        Assert.Equal(owed, (long)lease.Owed);
        Assert.Equal(ticksLeft, lease.Runway / market.Clock.TickLength, 3);
        Assert.Equal(lease.Runway, lease.WorstRunway);
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(10, 59)]
    [InlineData(590, 3_499)]
    [InlineData(14_400, 85_413)]
    public async Task Read_FractionalRate_DropsTheFraction(long passed, long owed)
    {
        var market = new ScriptedMarket();
        market.AddLease(Lease, "5.931488", 1_000_000);
        market.Advance(passed);

        Assert.Equal(owed, (long)Assert.Single((await LeaseAccounts.ReadAsync(market, default)).Leases).Owed);
    }

    [Fact]
    public async Task Read_SeveralLeasesOfOneDeployment_ShareItsEscrow()
    {
        var market = new ScriptedMarket();
        market.AddLease(Sample.Lease(1, 1), "60", 500_000);
        market.AddLease(Sample.Lease(1, 2), "40", 500_000);
        market.Reclaim(Sample.Lease(1, 2));

        var leases = (await LeaseAccounts.ReadAsync(market, default)).Leases;

        Assert.Equal(2, leases.Count);
        Assert.All(leases, lease => Assert.Equal(10_000, lease.Runway / market.Clock.TickLength, 3));
    }

    [Fact]
    public async Task Read_GroupsOfOthers_ShortenTheWorstCaseOnly()
    {
        var market = new ScriptedMarket();
        market.AddLease(Lease, "100", 1_000_000);
        market.OfferToOthers(Lease.Deployment, "50", count: 2);

        var lease = Assert.Single((await LeaseAccounts.ReadAsync(market, default)).Leases);

        Assert.Equal((10_000, 5_000), ((int)Math.Round(lease.Runway / market.Clock.TickLength), (int)Math.Round(lease.WorstRunway / market.Clock.TickLength)));
    }

    [Fact]
    public async Task Read_AbsurdPriceLimits_DoNotStopTheReading()
    {
        var market = new ScriptedMarket();
        market.AddLease(Lease, "100", 1_000_000);
        market.OfferToOthers(Lease.Deployment, new string('9', 70), count: int.MaxValue);

        var lease = Assert.Single((await LeaseAccounts.ReadAsync(market, default)).Leases);

        Assert.Equal(lease.Runway, lease.WorstRunway);
    }

    [Fact]
    public void Between_AbsurdTicks_IsBounded()
    {
        var clock = MarketClock.FromTickLength(TimeSpan.FromSeconds(6));

        Assert.Equal(TimeSpan.FromDays(3_650), TickTime.Between(new(long.MinValue), new(long.MaxValue), clock));
        Assert.Equal(TimeSpan.Zero, TickTime.Between(new(5), new(4), clock));
    }
}
