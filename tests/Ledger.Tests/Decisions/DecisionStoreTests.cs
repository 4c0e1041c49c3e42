namespace ProviderAgent.Ledger.Tests;

public sealed class DecisionStoreTests : IDisposable
{
    private readonly LedgerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Put_SameOrderAgain_LatestWinsAndIsCounted()
    {
        await using var ledger = _fixture.Open();
        await ledger.Decisions.PutAsync(Decision(1), default);
        var bid = Decision(1) with { DecidedAt = Sample.Epoch.AddSeconds(9), Result = DecisionResult.Bid, Reason = "bid", Price = "5 uact/tick", InputsJson = """{"cpu":1}""" };

        await ledger.Decisions.PutAsync(bid, default);

        Assert.Equal(bid with { Times = 2 }, await ledger.Decisions.FindAsync(Sample.Order(1), default));
        Assert.Null(await ledger.Decisions.FindAsync(Sample.Order(2), default));
        Assert.Single(await ledger.Decisions.ListRecentAsync(10, default));
    }

    [Fact]
    public async Task PutFirst_KnownOrder_LeavesTheEarlierDecision()
    {
        await using var ledger = _fixture.Open();
        Assert.True(await ledger.Decisions.PutFirstAsync(Decision(1), default));

        Assert.False(await ledger.Decisions.PutFirstAsync(Decision(1) with { Reason = "later" }, default));

        Assert.Equal(Decision(1) with { Times = 1 }, await ledger.Decisions.FindAsync(Sample.Order(1), default));
    }

    [Fact]
    public async Task CountByReason_Mixed_CountsOrdersSince()
    {
        await using var ledger = _fixture.Open();
        for (ulong n = 1; n <= 9; n++)
        {
            var reason = n % 3 == 0 ? "above_max_price" : "no_gpu";
            await ledger.Decisions.PutAsync(Decision(n) with { Reason = reason, DecidedAt = Sample.Epoch.AddMinutes(n) }, default);
        }

        var counts = await ledger.Decisions.CountByReasonAsync(Sample.Epoch.AddMinutes(3), default);

        Assert.Equal([new(DecisionResult.Decline, "no_gpu", 4), new(DecisionResult.Decline, "above_max_price", 3)], counts);
    }

    [Fact]
    public async Task Put_LongDetail_IsCutNotRefused()
    {
        await using var ledger = _fixture.Open();

        await ledger.Decisions.PutAsync(Decision(1) with { Detail = string.Concat(Enumerable.Repeat("🙂", 2000)) }, default);

        var detail = (await ledger.Decisions.FindAsync(Sample.Order(1), default))?.Detail;
        Assert.Equal(string.Concat(Enumerable.Repeat("🙂", 1024)), detail);
    }

    [Fact]
    public async Task Prune_TooManyAndTooOld_KeepsTheNewestInSteps()
    {
        await using var ledger = _fixture.Open();
        for (ulong n = 1; n <= 100; n++) await ledger.Decisions.PutAsync(Decision(n) with { DecidedAt = Sample.Epoch.AddMinutes(n) }, default);

        Assert.Equal(10, await ledger.Decisions.PruneAsync(Sample.Epoch.AddMinutes(21), keep: 1000, limit: 10, default));
        Assert.Equal(10, await ledger.Decisions.PruneAsync(Sample.Epoch.AddMinutes(21), keep: 1000, limit: 100, default));
        Assert.Equal(0, await ledger.Decisions.PruneAsync(Sample.Epoch.AddMinutes(21), keep: 1000, limit: 100, default));
        Assert.Equal(30, await ledger.Decisions.PruneAsync(DateTimeOffset.MinValue, keep: 50, limit: 100, default));

        var left = await ledger.Decisions.ListRecentAsync(1000, default);
        Assert.Equal(Enumerable.Range(51, 50).Reverse().Select(n => Sample.Order((ulong)n)), left.Select(row => row.Order));
    }

    private static StoredDecision Decision(ulong order) =>
        new(Sample.Order(order), Sample.Epoch, DecisionResult.Decline, "no_gpu", "no GPU for sale", null, "{}");
}
