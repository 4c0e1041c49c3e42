namespace ProviderAgent.Metering.Tests;

/// <summary>Leases that end, and books that have to be rebuilt.</summary>
public sealed class TreasurerBooksTests : TreasurerTestBase
{
    [Fact]
    public async Task Check_LeaseEnded_RecordsItsLastTotalOnce()
    {
        Market.AddLease(One, "100", 100_000_000);
        Market.AddLease(Two, "100", 100_000_000);
        var sut = CreateSut();
        await sut.CheckAsync(default);
        Pass(500);
        Market.Close(One);

        await sut.CheckAsync(default);
        await sut.CheckAsync(default);

        Assert.Equal(50_000, Books.Income(One));
        Assert.Single(Books.Rows);
        Assert.Equal([Two], Books.Followed);
        Assert.Single(Log.Events, "LeaseAccounted");
    }

    [Fact]
    public async Task Check_LeaseEndedWhileDown_RecordsItAtTheNextStart()
    {
        Market.AddLease(One, "100", 100_000_000);
        await CreateSut().CheckAsync(default);
        Pass(500);
        Market.Close(One);

        await CreateSut().CheckAsync(default);

        Assert.Equal(50_000, Books.Income(One));
    }

    [Fact]
    public async Task Check_BooksLost_AreRebuiltFromTheMarket()
    {
        for (ulong n = 1; n <= 3; n++) Market.AddLease(Sample.Lease(n), "100", 100_000_000);
        Pass(500);
        Market.Close(One);
        Market.Close(Two);

        var sut = CreateSut();
        await sut.CheckAsync(default);

        Assert.Equal((50_000, 50_000), (Books.Income(One), Books.Income(Two)));
        Assert.Equal([Sample.Lease(3)], Books.Followed);
    }

    [Fact]
    public async Task Check_RebuildIsInterrupted_GoesOnAtTheNextStart()
    {
        for (ulong n = 1; n <= 3; n++) Market.AddLease(Sample.Lease(n), "100", 100_000_000);
        Pass(500);
        for (ulong n = 1; n <= 3; n++) Market.Close(Sample.Lease(n));
        var interrupted = new InterruptedBooks(Books, after: 2);
        await Assert.ThrowsAsync<MeteringUnavailableException>(() => CreateSut(interrupted).CheckAsync(default));

        await CreateSut().CheckAsync(default);

        Assert.Equal(150_000, Books.Rows.Sum(row => row.Delta.Amount));
        Assert.Empty(Books.Followed);
    }

    [Fact]
    public async Task Check_Overdrawn_IsFollowedBecauseItMayStillBePaid()
    {
        Market.AddLease(One, "100", 1_000);
        var sut = CreateSut();
        await sut.CheckAsync(default);
        Pass(500);
        await sut.CheckAsync(default);
        Assert.False(Market.IsRunning(One));
        await sut.CheckAsync(default);
        Assert.Equal((1_000, 1), (Books.Income(One), Books.Followed.Count));

        Pass(31 * Day);
        await sut.CheckAsync(default);

        Assert.Empty(Books.Followed);
    }

    [Fact]
    public async Task Events_LeaseThatComesAndGoesBetweenChecks_IsBooked()
    {
        var sut = await BusyWithAnotherLeaseAsync();
        Market.AddLease(One, "100", 100_000_000);
        await sut.HandleAsync(Batch(Created(One)), default);
        Pass(500);
        Market.Close(One);

        await sut.CheckAsync(default);

        Assert.Equal(50_000, Books.Income(One));
        Assert.Equal([Two], Books.Followed);
    }

    [Fact]
    public async Task Events_KilledAfterTheLeaseWasTold_TheNextRunBooksIt()
    {
        var sut = await BusyWithAnotherLeaseAsync();
        Market.AddLease(One, "100", 100_000_000);
        await sut.HandleAsync(Batch(Created(One)), default);
        Assert.Contains(One, Books.Followed); // durable, whatever a later start looks at by itself
        Pass(500);
        Market.Close(One);

        await CreateSut().CheckAsync(default);

        Assert.Equal(50_000, Books.Income(One));
    }

    [Fact]
    public async Task Events_Gap_FindsLeasesThatCameAndWentUnheardOf()
    {
        var sut = await BusyWithAnotherLeaseAsync();
        Market.AddLease(One, "100", 100_000_000);
        Pass(500);
        Market.Close(One);
        await sut.CheckAsync(default);
        Assert.Equal(0, Books.Income(One));

        await sut.HandleAsync(Batch() with { HasGap = true }, default);
        await sut.CheckAsync(default);
        await sut.CheckAsync(default);

        Assert.Equal(50_000, Books.Income(One));
        Assert.Equal([Two], Books.Followed);
    }

    [Fact]
    public async Task Events_KilledBetweenAGapAndItsLook_TheNextRunBooksIt()
    {
        var sut = await BusyWithAnotherLeaseAsync();
        Market.AddLease(One, "100", 100_000_000);
        Pass(500);
        Market.Close(One);
        await sut.HandleAsync(Batch() with { HasGap = true }, default);

        await CreateSut().CheckAsync(default);

        Assert.Equal(50_000, Books.Income(One));
        Assert.Equal([Two], Books.Followed);
    }

    [Fact]
    public async Task Events_ToldAgainAfterAllIsBooked_ChangeNothing()
    {
        var sut = await BusyWithAnotherLeaseAsync();
        Market.AddLease(One, "100", 100_000_000);
        await sut.HandleAsync(Batch(Created(One)), default);
        Pass(500);
        Market.Close(One);
        await sut.CheckAsync(default);
        var rows = Books.Rows.Count;

        await sut.HandleAsync(Batch(Created(One), new MarketEvent.LeaseClosed(One, LeaseCloseReason.Owner)), default);
        await sut.CheckAsync(default);

        Assert.Equal((rows, 1), (Books.Rows.Count, Books.Followed.Count));
    }

    [Fact]
    public async Task Events_LedgerAway_HaveToComeAgain()
    {
        var sut = CreateSut(new InterruptedBooks(Books, after: 0));

        await Assert.ThrowsAsync<MeteringUnavailableException>(() => sut.HandleAsync(Batch(Created(One)), default));
    }

    /// <summary>A treasurer that has booked something before, so that it does not rebuild its books from nothing.</summary>
    private async Task<Treasurer> BusyWithAnotherLeaseAsync()
    {
        Market.AddLease(Two, "100", 100_000_000);
        var sut = CreateSut();
        await sut.CheckAsync(default);
        Pass(500);
        await sut.WithdrawAllAsync(default);
        Assert.NotEmpty(Books.Rows);
        return sut;
    }

    private static MarketEvent Created(LeaseId lease) => new MarketEvent.LeaseCreated(lease, Rate.PerTick(Decimal18.One, Sample.Uact));

    private static MarketEventBatch Batch(params MarketEvent[] happened) => new(new(1), new(1), Sample.Epoch, false, happened);
}
