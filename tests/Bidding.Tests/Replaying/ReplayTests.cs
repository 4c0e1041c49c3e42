using Microsoft.Extensions.Logging.Abstractions;
using ProviderAgent.Bidding.Tests.Support;
using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Replaying;

public sealed class ReplayTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly InventorySnapshot Large = InventorySnapshot.OfSize(1_000_000, long.MaxValue, long.MaxValue, []);

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
        var replay = new Replay([_list], InventorySnapshot.OfSize(2_000, long.MaxValue, long.MaxValue, []), TimeSpan.FromHours(10));
        for (var i = 0; i < 4; i++) await replay.AddAsync(Recorded(i) with { SeenAt = Start.AddHours(i) }, null, default); // the third and fourth find no room
        await replay.AddAsync(Recorded(5) with { SeenAt = Start.AddHours(10) }, null, default); // the first has ended

        var tally = replay.Tallies[0];
        Assert.Equal((3, 3, 3, 2), (tally.Bids, tally.Wins, tally.Leases, tally.Missed));
        Assert.Equal(0.95, tally.Use.Cpu, 3); // one thread for an hour, both for nine
    }

    [Fact]
    public async Task Add_GpuOrders_FitByModelAndAreBidOnByTheCardsThatAreLeft()
    {
        using var bidder = Bidder(new() { Rates = new() { Gpu = new() { ["t4"] = 80, ["h100"] = 900 } } });
        var replay = new Replay([bidder], InventorySnapshot.OfSize(1_000_000, long.MaxValue, long.MaxValue, [new("t4", 16, "pcie"), new("h100", 80, "sxm")]), TimeSpan.FromDays(1));
        var any = Build.Group(Build.Unit(Build.Needs() with { Gpus = 1, GpuAttributes = Build.Attributes("vendor/nvidia/model/*=true") }, limit: "100000"));
        var t4 = Build.Group(Build.Unit(Build.Needs() with { Gpus = 1, GpuAttributes = Build.Attributes("vendor/nvidia/model/t4=true") }, limit: "100000"));

        await replay.AddAsync(Recorded(1, t4), null, default);
        Assert.Contains(Lines(replay), line => line.Item == "gpu t4");
        await replay.AddAsync(Recorded(2, any), null, default);
        Assert.Contains(Lines(replay), line => line.Item == "gpu h100"); // the other one is leased
        await replay.AddAsync(Recorded(3, any), null, default);
        Assert.Equal(DeclineReason.Gpu, Assert.IsType<BidDecision.Decline>(replay.Latest[0]).Reason); // none is left
        await replay.AddAsync(Recorded(4, any) with { SeenAt = Start.AddDays(1) }, null, default);
        Assert.Contains(Lines(replay), line => line.Item.StartsWith("gpu", StringComparison.Ordinal));
        Assert.Equal(1, replay.Tallies[0].Use.Gpus);

        static IEnumerable<QuoteLine> Lines(Replay replay) => Assert.IsType<BidDecision.Submit>(replay.Latest[0]).Quote.Lines;
    }

    [Fact]
    public async Task Add_WithTheMarketsWord_DecidesAsTheDaemonWould()
    {
        var replay = new Replay([_list], InventorySnapshot.OfSize(64_000, ByteSize.TiB, ByteSize.TiB, []), TimeSpan.FromDays(1));
        var host = Build.Host() with { SpareSlots = 2 };
        async Task<BidDecision> DecideAsync(GroupSpec group, int bids)
        {
            await replay.AddAsync(Recorded(1, group), null, default, new(host, bids, new(1)));
            return replay.Latest[0];
        }

        var plain = Build.Group();
        Assert.IsType<BidDecision.Submit>(await DecideAsync(plain, 17));
        Assert.Equal(DeclineReason.OrderFull, Assert.IsType<BidDecision.Decline>(await DecideAsync(plain, 18)).Reason);
        Assert.Equal(DeclineReason.AttributesMissing, Assert.IsType<BidDecision.Decline>(await DecideAsync(plain with { Requirements = plain.Requirements with { Attributes = Build.Attributes("region=moon") } }, 0)).Reason);
        Assert.Equal(DeclineReason.DoesNotFit, Assert.IsType<BidDecision.Decline>(await DecideAsync(Build.Group(Build.Unit(Build.Needs(milli: 70_000))), 0)).Reason);
        Assert.Equal(DeclineReason.NotSigned, Assert.IsType<BidDecision.Decline>(await DecideAsync(plain with { Requirements = plain.Requirements with { SignedByAny = [Build.Rival] } }, 0)).Reason);
    }

    [Fact]
    public async Task Timeline_LongReplay_StaysBoundedAndKeepsItsSums()
    {
        var replay = new Replay([_list], InventorySnapshot.OfSize(2_000, long.MaxValue, long.MaxValue, []), TimeSpan.FromHours(12));
        for (var i = 0; i < 3_000; i++) await replay.AddAsync(Recorded(i) with { SeenAt = Start.AddHours(i) }, null, default);

        var (tally, timeline) = (replay.Tallies[0], replay.Tallies[0].Timeline);
        Assert.InRange(timeline.Steps.Count, Timeline.MaxSteps / 2, Timeline.MaxSteps);
        Assert.Equal((double)tally.IncomeUsd.Atomics / 1e18, timeline.Steps.Sum(step => step.IncomeUsd), 6);
        Assert.All(timeline.Steps, step => Assert.InRange(step.Use.Cpu, 0, 1));
        Assert.Equal(Start, timeline.Steps[0].From);
        Assert.Equal(tally.Use.Cpu, timeline.Steps.Average(step => step.Use.Cpu), 1);
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
