namespace ProviderAgent.Metering.Tests;

/// <summary>Lost answers, refusals, outages, lagging endpoints: nothing is doubled, nothing invented.</summary>
public sealed class TreasurerFaultTests : TreasurerTestBase
{
    [Theory]
    [InlineData(MarketAnswer.ReplyLost, 1)]
    [InlineData(MarketAnswer.NeverSent, 2)]
    [InlineData(MarketAnswer.Late, 1)]
    public async Task Check_NoAnswer_FindsOutFromTheTotalAndCountsOnce(MarketAnswer answer, int submissions)
    {
        Market.AddLease(One, "100", 100_000_000);
        Pass(Day);
        Market.Script.Enqueue(answer);
        var sut = CreateSut();

        await sut.CheckAsync(default);
        Assert.Single(Books.Open);
        Pass(20);
        Market.IncludeLate();
        await sut.CheckAsync(default); // two minutes later
        Assert.Single(Market.Submitted);
        Pass(100);
        await sut.CheckAsync(default); // twelve minutes later

        Assert.Equal(submissions, Market.Submitted.Count);
        Assert.Empty(Books.Open);
        Assert.Equal(Market.PaidOut, Books.Income(One));
        Assert.Equal(Market.Withdrawn(One), Books.Income(One));
    }

    [Fact]
    public async Task Check_NoAnswerAndClockSetBack_DoesNotWaitForHours()
    {
        Market.AddLease(One, "100", 100_000_000);
        Pass(Day);
        Market.Script.Enqueue(MarketAnswer.NeverSent);
        var sut = CreateSut();
        await sut.CheckAsync(default);
        Time.StepWallClock(TimeSpan.FromHours(-5));
        Pass(20);

        await sut.CheckAsync(default);

        Assert.Equal(2, Market.Submitted.Count);
        Assert.Equal(Market.PaidOut, Books.Income(One));
    }

    [Fact]
    public async Task Check_KilledAfterSending_FindsOutFromTheTotalAndCountsOnce()
    {
        Market.AddLease(One, "100", 100_000_000);
        Pass(Day);
        Market.Script.Enqueue(MarketAnswer.ReplyLost);
        await CreateSut().CheckAsync(default);
        Assert.Empty(Books.Rows);

        var settled = Market.SettleCalls;
        await CreateSut().CheckAsync(default); // a new process over the same books

        Assert.True(Market.SettleCalls > settled, "the fate of what was handed over before comes first");
        Assert.Single(Market.Submitted);
        Assert.Equal(1_440_000, Books.Income(One));
        Assert.Empty(Books.Open);
    }

    [Trait(Pain.Trait, Pain.BleedsFees)]
    [Fact]
    public async Task Check_Refused_PausesLongerEachTime()
    {
        Market.AddLease(One, "100", 1_000_000_000);
        Market.Next = MarketAnswer.Refused;
        Pass(Day);
        var sut = CreateSut();
        for (var i = 0; i < 144; i++)
        {
            await sut.CheckAsync(default);
            Pass(100);
        }

        Assert.InRange(Market.Submitted.Count, 5, 8); // in a day of checks each ten minutes
        Assert.Empty(Books.Open);
        Assert.Empty(Books.Rows);
        Assert.Contains("WithdrawalRefused", Log.Events);
    }

    [Fact]
    public async Task Check_MarketDown_DoesNothingAndInventsNothing()
    {
        Market.AddLease(One, "100", 100_000_000);
        Pass(Day);
        var sut = CreateSut();
        Market.IsDown = true;

        await Assert.ThrowsAsync<MarketUnavailableException>(() => sut.CheckAsync(default));

        Assert.Empty(Market.Submitted);
        Assert.Equal(0, Books.Begun);
        Assert.Null(sut.Snapshot().At);
    }

    [Fact]
    public async Task Check_BooksAway_SendsNothing()
    {
        Market.AddLease(One, "100", 100_000_000);
        Pass(Day);
        var sut = CreateSut();
        Books.IsAway = true;

        await Assert.ThrowsAsync<MeteringUnavailableException>(() => sut.CheckAsync(default));

        Assert.Empty(Market.Submitted);
    }

    [Fact]
    public async Task Check_EndpointLags_NeitherDoublesNorLosesIncome()
    {
        Market.AddLease(One, "100", 1_000_000_000);
        var sut = CreateSut();
        Pass(Day);
        Market.FreezeTotals();
        await sut.CheckAsync(default); // paid, but the old total is answered
        Assert.Empty(Books.Rows);
        Market.UnfreezeTotals();
        Pass(10);
        await sut.CheckAsync(default);
        Assert.Equal(("TX1", Sample.Uakt(5_000)), (Assert.Single(Books.Rows).Transaction, Books.Rows[0].Fee!.Value));

        Market.FreezeTotals();
        Pass(Day);
        await sut.CheckAsync(default);
        Pass(10);
        Market.UnfreezeTotals();
        await sut.CheckAsync(default);
        Assert.Equal(Market.PaidOut, Books.Income(One));
        Assert.Equal(2, Market.Submitted.Count);
    }

    [Fact]
    public async Task Check_TotalFalls_RecordsNothingAndDecidesNothing()
    {
        Market.AddLease(One, "100", 1_000_000_000);
        var sut = CreateSut();
        Pass(Day);
        await sut.CheckAsync(default);
        Market.FreezeTotals(Sample.Coin(7));
        Pass(2 * Day);

        await sut.CheckAsync(default);

        Assert.Equal(1_440_000, Books.Income(One));
        Assert.Single(Market.Submitted);
        Assert.Contains("TotalContradicts", Log.Events);
    }

    [Fact]
    public async Task Check_HostileOfferToOthers_CostsNoExtraFees()
    {
        Market.AddLease(One, "100", 1_000_000_000);
        Market.OfferToOthers(One.Deployment, "100000000", count: 10);
        var sut = CreateSut();
        for (var i = 0; i < 144; i++)
        {
            await sut.CheckAsync(default);
            Pass(100);
        }

        // A day brings 1 440 000: at most as many withdrawals as keep the fee below a hundredth.
        Assert.InRange(Market.Submitted.Count, 0, 2);
    }
}
