using Microsoft.Extensions.Logging.Abstractions;
using ProviderAgent.Bidding.Tests.Support;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Replaying;

public sealed class ReplayTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly HostCapacity Large = new(1_000_000, long.MaxValue, long.MaxValue, 100);

    private readonly OfflineBidder _list = Bidder(new());
    private readonly OfflineBidder _cheaper = Bidder(new() { Rules = [new() { Name = "cheap", Multiply = 0.9m }] });

    public void Dispose()
    {
        _list.Dispose();
        _cheaper.Dispose();
    }

    [Fact]
    public async Task Add_TwoPolicies_TheCheaperWinsEachOrder()
    {
        var replay = new Replay([_list, _cheaper], Large, TimeSpan.FromDays(1));
        for (var i = 0; i < 10; i++) await replay.AddAsync(Recorded(i), null, default);

        Assert.Equal((10, 0), (replay.Tallies[0].Bids, replay.Tallies[0].Wins));
        Assert.Equal((10, 10), (replay.Tallies[1].Bids, replay.Tallies[1].Wins));
    }

    [Fact]
    public async Task Add_KnownWinner_IsOnlyBeatenByACheaperBid()
    {
        var replay = new Replay([_list], Large, TimeSpan.FromDays(1));
        await replay.AddAsync(Recorded(1) with { Winner = Build.Rival, WinningPrice = Build.PerTick("5.9") }, null, default);
        await replay.AddAsync(Recorded(2) with { Winner = Build.Rival, WinningPrice = Build.PerTick("6") }, null, default);

        Assert.Equal((2, 1), (replay.Tallies[0].Bids, replay.Tallies[0].Wins));
    }

    [Fact]
    public async Task Add_FullHost_LeasesOnlyWhatFitsUntilALeaseEnds()
    {
        var replay = new Replay([_list], new(2_000, long.MaxValue, long.MaxValue, 0), TimeSpan.FromHours(10));
        for (var i = 0; i < 4; i++) await replay.AddAsync(Recorded(i) with { SeenAt = Start.AddHours(i) }, null, default); // the third and fourth find no room
        await replay.AddAsync(Recorded(5) with { SeenAt = Start.AddHours(10) }, null, default); // the first has ended

        var tally = replay.Tallies[0];
        Assert.Equal((5, 3, 2), (tally.Wins, tally.Leases, tally.Missed));
        Assert.Equal(0.95, tally.Use.Cpu, 3); // one thread for an hour, both for nine
    }

    [Fact]
    public async Task Add_Leases_EarnTheirPriceForTheirLength()
    {
        var replay = new Replay([_list], Large, TimeSpan.FromDays(30.437));
        await replay.AddAsync(Recorded(1), null, default);

        Assert.Equal("2.55", replay.Tallies[0].IncomeUsd.Round(4, MidpointRounding.ToEven).ToString());
    }

    [Fact]
    public async Task Add_DeclinedOrders_AreCountedByReason()
    {
        var replay = new Replay([_list], Large, TimeSpan.FromDays(1));
        await replay.AddAsync(Recorded(1, Build.Group(Build.Unit(limit: "0.1"))), null, default);
        await replay.AddAsync(Recorded(2, Build.Group(Build.Unit(denom: Build.Uakt))), null, default);
        await replay.AddAsync(Recorded(3, Build.Group(Build.Unit(denom: Build.Uakt))), new(Decimal18.One, "test", Start), default);

        Assert.Equal(1, replay.Tallies[0].Declined[DeclineReason.AboveLimit]);
        Assert.Equal(1, replay.Tallies[0].Declined[DeclineReason.CoinPriceUnknown]);
        Assert.Equal(1, replay.Tallies[0].Bids);
    }

    [Fact]
    public async Task Percentile_Prices_AreWithinATenthOfADecade()
    {
        var replay = new Replay([_list], Large, TimeSpan.FromDays(1));
        for (var i = 0; i < 100; i++) await replay.AddAsync(Recorded(i), null, default);

        Assert.InRange(replay.Tallies[0].Percentile(0.5)!.Value, 2.55, 2.55 * 1.26);
        Assert.Equal(100, replay.Tallies[0].Histogram.Sum(bar => bar.Bids));
    }

    private static OfflineBidder Bidder(PricingOptions pricing) => new(new(), pricing, Build.Clock, TimeProvider.System, NullLoggerFactory.Instance);

    private static RecordedOrder Recorded(int number, GroupSpec? group = null) => new(Build.OrderId(number + 1), Start, group ?? Build.Group(), null, null);
}
