namespace ProviderAgent.Metering.Tests;

/// <summary>Withdrawing by hand, and the loop around the checks.</summary>
public sealed class TreasurerLoopTests : TreasurerTestBase
{
    [Fact]
    public async Task WithdrawAll_OwedLeases_DrawsEachOnceWhateverTheFee()
    {
        Market.AddLease(Sample.Lease(1, 1), "1", 1_000_000);
        Market.AddLease(Sample.Lease(1, 2), "2", 1_000_000);
        Market.AddLease(Two, "3", 1_000_000);
        Pass(10);
        var sut = CreateSut();

        var drawing = sut.WithdrawAllAsync(default);
        await Eventually.BecomesTrueAsync("all to be drawn", () =>
        {
            if (Market.Submitted.Count > 1) Pass(1);
            return drawing.IsCompleted;
        });

        var results = await drawing;
        Assert.All(results, result => Assert.Equal(WithdrawalEnd.Paid, result.End));
        Assert.Equal([Sample.Lease(1, 1), Sample.Lease(1, 2), Two], results.Select(result => result.Lease).Order(Comparer<LeaseId>.Create((a, b) => string.CompareOrdinal($"{a}", $"{b}"))));
        Assert.Equal(3, Market.Submitted.Count);
        Assert.Empty(Market.DoubleSettlements);
        Assert.Equal(Market.PaidOut, Books.Rows.Sum(row => row.Delta.Amount));
        Assert.Equal(Market.PaidOut, results.Sum(result => result.Paid.Amount));
    }

    [Fact]
    public async Task WithdrawAll_NothingOwed_SendsNothing()
    {
        Market.AddLease(One, "1", 1_000_000);

        Assert.Empty(await CreateSut().WithdrawAllAsync(default));
        Assert.Empty(Market.Submitted);
    }

    [Fact]
    public async Task WithdrawAll_MarketStandsStill_EndsWithAReason()
    {
        Market.AddLease(Sample.Lease(1, 1), "1", 1_000_000);
        Market.AddLease(Sample.Lease(1, 2), "2", 1_000_000);
        Pass(10);
        var drawing = CreateSut().WithdrawAllAsync(default);

        await Eventually.BecomesTrueAsync("the waiting to end", () =>
        {
            Time.Advance(TimeSpan.FromSeconds(6));
            return drawing.IsCompleted;
        });

        Assert.Contains("stood at", (await Assert.ThrowsAsync<MarketUnavailableException>(() => drawing)).Message, StringComparison.Ordinal);
        Assert.Single(Market.Submitted);
    }

    [Fact]
    public async Task Execute_WokenByOwnLeaseEvents_ChecksSoon()
    {
        Market.AddLease(One, "100", 100_000_000);
        var sut = CreateSut();
        await sut.StartAsync(default);
        await Eventually.BecomesTrueAsync("the first check", () => sut.Snapshot().At is not null);
        Market.AddLease(Two, "100", 100_000_000);
        await PassUntilPausedAsync();

        var foreign = new LeaseId(One.Order, AccountAddress.Parse("akash1someoneelse"));
        await sut.HandleAsync(Batch(new MarketEvent.LeaseClosed(foreign, LeaseCloseReason.Owner)), default);
        Assert.Single(sut.Snapshot().Leases);
        await sut.HandleAsync(Batch(new MarketEvent.LeaseCreated(Two, Rate.PerTick(Decimal18.One, Sample.Uact))), default);

        await Eventually.BecomesTrueAsync("the new lease to be seen", () => sut.Snapshot().Leases.Count == 2);
        await sut.StopAsync(default);
    }

    [Fact]
    public async Task Execute_OnATimer_ChecksAndSurvivesOutages()
    {
        Market.AddLease(One, "100", 100_000_000);
        Market.IsDown = true;
        var sut = CreateSut();
        await sut.StartAsync(default);
        await Eventually.BecomesTrueAsync("the outage to be told", () => Log.Events.Contains("TreasuryAway"));
        Market.IsDown = false;
        await Eventually.BecomesTrueAsync("checks to go on", () =>
        {
            Pass(1);
            return Log.Events.Contains("TreasuryAgain");
        });

        await Eventually.BecomesTrueAsync("a withdrawal", () =>
        {
            Pass(100);
            return Books.Rows.Count > 0;
        });
        await sut.StopAsync(default);
        Assert.Single(Log.Events, "TreasuryAway");
    }

    /// <summary>Past the least pause after a check, so that the loop listens again.</summary>
    private async Task PassUntilPausedAsync()
    {
        await Eventually.BecomesTrueAsync("the pause to begin", () => Time.TimerCount > 0);
        Time.Advance(TimeSpan.FromSeconds(5));
        await Eventually.BecomesTrueAsync("the wait for the next check", () => Time.TimerCount > 0);
    }

    private static MarketEventBatch Batch(MarketEvent happened) => new(new(1), new(1), Sample.Epoch, false, [happened]);
}
