using FsCheck;
using FsCheck.Fluent;

namespace ProviderAgent.Ledger.Tests;

public sealed class SettlementStoreTests : IDisposable
{
    private readonly LedgerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Record_RisingTotals_StoresDifferences()
    {
        await using var ledger = _fixture.Open();

        Assert.Equal(new(SettlementResult.Recorded, Sample.Uact(100), Sample.Uact(0)), await RecordAsync(ledger, 10, 100));
        Assert.Equal(new(SettlementResult.Unchanged, Sample.Uact(0), Sample.Uact(100)), await RecordAsync(ledger, 11, 100));
        Assert.Equal(new(SettlementResult.Recorded, Sample.Uact(150), Sample.Uact(100)), await RecordAsync(ledger, 12, 250));

        var rows = await ledger.Settlements.ListAsync(Sample.Lease(1), default);
        Assert.Equal([(1, 10, 100, 100), (2, 12, 250, 150)], rows.Select(row => (row.Seq, row.Tick.Value, row.Withdrawn.Amount, row.Delta.Amount)));
    }

    [Fact]
    public async Task Record_Zero_IsNotARow()
    {
        await using var ledger = _fixture.Open();

        Assert.Equal(SettlementResult.Unchanged, (await RecordAsync(ledger, 10, 0)).Result);

        Assert.Null(await ledger.Settlements.FindIncomeAsync(Sample.Lease(1), default));
    }

    [Fact]
    public async Task Record_FallingTotalOrOtherCoin_IsContradictionNotIncome()
    {
        await using var ledger = _fixture.Open();
        await RecordAsync(ledger, 10, 100);

        Assert.Equal(new(SettlementResult.Contradicts, Sample.Uact(0), Sample.Uact(100)), await RecordAsync(ledger, 11, 99));
        Assert.Equal(SettlementResult.Contradicts, (await ledger.Settlements.RecordAsync(Sample.Lease(1), new(12), Sample.Uakt(200), "", null, default)).Result);

        Assert.Equal(Sample.Uact(100), (await ledger.Settlements.FindIncomeAsync(Sample.Lease(1), default))?.Withdrawn);
        Assert.Single(await ledger.Settlements.ListRecentAsync(10, default));
    }

    [Fact]
    public async Task Record_ManyAtOnceOfOneTotal_CountsOnce()
    {
        await using var ledger = _fixture.Open();

        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(n => RecordAsync(ledger, n, 777)));

        Assert.Single(results, result => result.Result == SettlementResult.Recorded);
        Assert.Equal([Sample.Uact(777)], await ledger.Settlements.TotalAsync(default));
    }

    [Fact]
    public async Task Income_SeveralLeasesAndCoins_AddsUpPerCoin()
    {
        await using var ledger = _fixture.Open();
        await ledger.Settlements.RecordAsync(Sample.Lease(1), new(1), Sample.Uact(100), "T1", Sample.Uakt(7), default);
        await ledger.Settlements.RecordAsync(Sample.Lease(1), new(2), Sample.Uact(160), "T2", Sample.Uakt(8), default);
        await ledger.Settlements.RecordAsync(Sample.Lease(2), new(3), Sample.Uact(40), "", null, default);
        await ledger.Settlements.RecordAsync(Sample.Lease(3), new(4), Sample.Uakt(5), "", null, default);

        var income = await ledger.Settlements.ListIncomeAsync(default);

        Assert.Equal(
            [
                new(Sample.Lease(1), Sample.Uact(160), [Sample.Uakt(15)], new(2)),
                new(Sample.Lease(2), Sample.Uact(40), [], new(3)),
                new(Sample.Lease(3), Sample.Uakt(5), [], new(4)),
            ],
            income);
        Assert.Equal([Sample.Uact(200), Sample.Uakt(5)], await ledger.Settlements.TotalAsync(default));
    }

    /// <summary>However often and in whatever order totals are read, the deltas of a lease add up to the highest total recorded.</summary>
    [Fact]
    public void AnyTotals_DeltasAddUpToTheHighest() =>
        Prop.ForAll(Gen.ListOf(Gen.Choose(0, 2).SelectMany(lease => Gen.Choose(0, 50).Select(total => (lease, total)))).ToArbitrary(), totals => Run(totals).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    private static async Task<bool> Run(IList<(int Lease, int Total)> totals)
    {
        using var fixture = new LedgerFixture();
        await using var ledger = fixture.Open();
        foreach (var (lease, total) in totals) await ledger.Settlements.RecordAsync(Sample.Lease((ulong)lease + 1), new(1), Sample.Uact(total), "", null, default);

        foreach (var lease in totals.GroupBy(entry => entry.Lease))
        {
            var rows = await ledger.Settlements.ListAsync(Sample.Lease((ulong)lease.Key + 1), default);
            Assert.Equal(lease.Max(entry => entry.Total), rows.Sum(row => row.Delta.Amount));
        }

        return (await ledger.VerifyAsync(default)).IsIntact;
    }

    private static Task<SettlementRecord> RecordAsync(LedgerDatabase ledger, long tick, long total) =>
        ledger.Settlements.RecordAsync(Sample.Lease(1), new(tick), Sample.Uact(total), "", null, default);
}
