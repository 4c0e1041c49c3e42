using System.Numerics;

namespace ProviderAgent.Metering.Tests;

public sealed class EarningsReportTests
{
    private static readonly ServiceUsage Usage = new(Sample.Lease(2), "web", 5, 6, 7, 8, TimeSpan.FromSeconds(9), TimeSpan.Zero);

    private readonly ScriptedMarket _market = new();
    private readonly MemorySettlementLog _books = new(new ManualTimeProvider());
    private readonly MemoryUsageLog _usage = new();

    [Fact]
    public async Task Build_IncomeUsageAndRunningLeases_AreJoined()
    {
        _market.AddLease(Sample.Lease(1), "100", 1_000_000);
        _market.Advance(50);
        var accounts = await LeaseAccounts.ReadAsync(_market, default);
        RecordedIncome[] income = [new(Sample.Lease(1), Sample.Coin(700), [Sample.Uakt(5)], new(1)), new(Sample.Lease(3), Sample.Uakt(20), [Sample.Uakt(6)], new(2))];

        var report = EarningsReport.Build(income, [Usage], accounts);

        Assert.Equal([Sample.Lease(1), Sample.Lease(2), Sample.Lease(3)], report.Leases.Select(lease => lease.Lease));
        Assert.Equal((Sample.Coin(700), 5_000, Sample.Uact), (report.Leases[0].Withdrawn!.Value, (long)report.Leases[0].Owed!.Value, report.Leases[0].OwedDenom!.Value));
        Assert.Equal((null, null, Usage), (report.Leases[1].Withdrawn, report.Leases[1].Owed, Assert.Single(report.Leases[1].Usage)));
        Assert.Equal((BigInteger)700, report.Withdrawn[Sample.Uact]);
        Assert.Equal((BigInteger)20, report.Withdrawn[Denom.Parse("uakt")]);
        Assert.Equal((BigInteger)5_000, report.Owed![Sample.Uact]);
        Assert.Equal((BigInteger)11, report.Fees[Denom.Parse("uakt")]);
    }

    [Fact]
    public async Task Read_MarketDown_SaysThatWhatIsOwedIsUnknown()
    {
        _market.AddLease(Sample.Lease(1), "100", 1_000_000);
        await _books.RecordAsync(Sample.Lease(1), new(5), Sample.Coin(700), "TX", null, default);
        _market.IsDown = true;

        var report = await new EarningsReader(_books, _usage, _market).ReadAsync(default);

        Assert.Null(report.Owed);
        Assert.Null(Assert.Single(report.Leases).Owed);
        Assert.Equal(Sample.Coin(700), report.Leases[0].Withdrawn);
    }

    [Fact]
    public async Task Read_MarketUp_NothingOwedIsZero()
    {
        var report = await new EarningsReader(_books, _usage, _market).ReadAsync(default);

        Assert.Empty(report.Leases);
        Assert.NotNull(report.Owed);
    }
}
