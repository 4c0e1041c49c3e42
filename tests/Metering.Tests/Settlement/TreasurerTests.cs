namespace ProviderAgent.Metering.Tests;

/// <summary>What a check decides and sends.</summary>
public sealed class TreasurerTests : TreasurerTestBase
{
    [Trait(Pain.Trait, Pain.NotWithdrawn)]
    [Fact]
    public async Task Check_IntervalPassed_WithdrawsAndRecordsTheMarketsTotal()
    {
        Market.AddLease(One, "100", 100_000_000);
        var sut = CreateSut();
        await sut.CheckAsync(default);
        Assert.Empty(Market.Submitted);

        Pass(Day);
        await sut.CheckAsync(default);

        Assert.Equal([One], Market.Submitted);
        Assert.Equal((One, Sample.Coin(1_440_000), "TX1", Sample.Uakt(5_000)), (Books.Rows[0].Lease, Books.Rows[0].Delta, Books.Rows[0].Transaction, Books.Rows[0].Fee!.Value));
        Assert.Empty(Books.Open);
        Assert.Contains("paid out by TX1", Assert.Single(Books.Outcomes), StringComparison.Ordinal);
    }

    [Trait(Pain.Trait, Pain.ManyWithdrawals)]
    [Fact]
    public async Task Check_SeveralLeases_WithdrawsAllDueOnesTogether()
    {
        for (ulong n = 1; n <= 5; n++) Market.AddLease(Sample.Lease(n), "100", 100_000_000);
        Pass(Day);

        await CreateSut().CheckAsync(default);

        Assert.Equal(5, Market.Submitted.Count);
        Assert.Equal(Market.PaidOut, Books.Rows.Sum(row => row.Delta.Amount));
    }

    [Fact]
    public async Task Check_TwoLeasesOfOneDeployment_AreNeverSettledInOneTick()
    {
        Market.AddLease(Sample.Lease(1, 1), "100", 100_000_000);
        Market.AddLease(Sample.Lease(1, 2), "300", 100_000_000);
        Pass(Day);
        var sut = CreateSut();

        var pause = await sut.CheckAsync(default);
        Assert.Equal([Sample.Lease(1, 2)], Market.Submitted); // it is owed more
        Assert.Equal(TimeSpan.FromSeconds(12), pause);
        await sut.CheckAsync(default);
        Assert.Single(Market.Submitted); // settled in this very tick
        Pass(2);
        await sut.CheckAsync(default);

        Assert.Equal([Sample.Lease(1, 2), Sample.Lease(1, 1)], Market.Submitted);
        Assert.Empty(Market.DoubleSettlements);
    }

    [Fact]
    public async Task Check_SmallLease_WaitsUntilTheFeeIsWorthIt()
    {
        Market.AddLease(One, "1", 100_000_000);
        var sut = CreateSut();
        for (var day = 1; day <= 34; day++)
        {
            Pass(Day);
            await sut.CheckAsync(default);
        }

        Assert.Empty(Market.Submitted); // 34 days: 489 600, of which 5 000 is more than a hundredth
        Pass(Day);
        await sut.CheckAsync(default);
        Assert.Single(Market.Submitted);
    }

    [Trait(Pain.Trait, Pain.NotWithdrawn)]
    [Fact]
    public async Task Check_EscrowRunsDry_DrawsBeforeAndAfterAndIsPaidToTheEnd()
    {
        Market.AddLease(One, "100", 1_000_000); // 10 000 ticks
        var sut = CreateSut();
        var pause = await sut.CheckAsync(default);
        for (var checks = 0; Market.IsRunning(One); checks++)
        {
            Assert.InRange(checks, 0, 1_000);
            // As the loop does: after the pause that the check asked for.
            Assert.InRange(pause, TimeSpan.FromSeconds(5), Options.CurrentValue.CheckInterval);
            Pass((long)Math.Ceiling(pause / Market.Clock.TickLength));
            pause = await sut.CheckAsync(default);
        }

        await sut.CheckAsync(default);
        Assert.Equal(2, Market.Submitted.Count); // once running dry, once dry: not at each check
        Assert.InRange(Market.Tick.Value - 1_000, 10_001, 10_010); // it did not run on for free
        Assert.Equal(1_000_000, Books.Income(One));
    }

    [Trait(Pain.Trait, Pain.BleedsFees)]
    [Fact]
    public async Task Check_NothingOwed_NeverPaysForIt()
    {
        Market.AddLease(One, "100", 1_000_000);
        Pass(10_000);
        var sut = CreateSut();
        await sut.WithdrawAllAsync(default); // by hand, takes the last coin exactly when the escrow is empty
        Assert.True(Market.IsRunning(One));
        Pass(Day);

        await sut.CheckAsync(default);
        await sut.CheckAsync(default);

        Assert.Single(Market.Submitted);
        Assert.Single(Log.Events, "RunsUnpaid");
        Assert.Equal(WithdrawalReason.DryAndNothingOwed, Assert.Single(sut.Snapshot().Leases).Decision.Reason);
    }
}
