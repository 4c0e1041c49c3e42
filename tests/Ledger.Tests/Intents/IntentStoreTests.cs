namespace ProviderAgent.Ledger.Tests;

public sealed class IntentStoreTests : IDisposable
{
    private readonly LedgerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Begin_ThenComplete_LeavesTheOpenList()
    {
        await using var ledger = _fixture.Open();
        var id = await ledger.Intents.BeginAsync("bid.place", "order", """{"price":"1"}""", default);
        var open = Assert.Single(await ledger.Intents.ListOpenAsync("bid.place", default));
        Assert.Equal(new StoredIntent(id, "bid.place", "order", """{"price":"1"}""", Sample.Epoch, null, null), open);
        _fixture.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.True(await ledger.Intents.CompleteAsync(id, """{"ok":true}""", default));

        Assert.Empty(await ledger.Intents.ListOpenAsync(null, default));
        var done = Assert.Single(await ledger.Intents.ListBySubjectAsync("order", 10, default));
        Assert.Equal(open with { OutcomeJson = """{"ok":true}""", CompletedAt = Sample.Epoch.AddSeconds(5) }, done);
    }

    [Fact]
    public async Task Complete_Twice_KeepsTheFirstOutcome()
    {
        await using var ledger = _fixture.Open();
        var id = await ledger.Intents.BeginAsync("bid.place", "order", "{}", default);

        Assert.True(await ledger.Intents.CompleteAsync(id, "1", default));
        Assert.False(await ledger.Intents.CompleteAsync(id, "2", default));
        Assert.False(await ledger.Intents.CompleteAsync(id + 1, "3", default));

        Assert.Equal("1", Assert.Single(await ledger.Intents.ListBySubjectAsync("order", 10, default)).OutcomeJson);
    }

    [Fact]
    public async Task ListOpen_SeveralKinds_FiltersInOrder()
    {
        await using var ledger = _fixture.Open();
        for (var n = 0; n < 4; n++) await ledger.Intents.BeginAsync(n % 2 == 0 ? "even" : "odd", $"{n}", "{}", default);

        Assert.Equal(["0", "2"], (await ledger.Intents.ListOpenAsync("even", default)).Select(row => row.Subject));
        Assert.Equal(["0", "1", "2", "3"], (await ledger.Intents.ListOpenAsync(null, default)).Select(row => row.Subject));
        Assert.Empty(await ledger.Intents.ListOpenAsync("none", default));
    }

    [Fact]
    public async Task ListBySubject_Many_NewestFirstUpToTheLimit()
    {
        await using var ledger = _fixture.Open();
        var ids = new List<long>();
        for (var n = 0; n < 5; n++) ids.Add(await ledger.Intents.BeginAsync("test", "one", "{}", default));
        await ledger.Intents.BeginAsync("test", "two", "{}", default);

        Assert.Equal(ids.AsEnumerable().Reverse().Take(3), (await ledger.Intents.ListBySubjectAsync("one", 3, default)).Select(row => row.Id));
    }

    [Fact]
    public async Task Prune_OldRows_ForgetsCompletedOnesOnlyAndNeverReusesIds()
    {
        await using var ledger = _fixture.Open();
        var open = await ledger.Intents.BeginAsync("test", "open", "{}", default);
        var done = await ledger.Intents.BeginAsync("test", "done", "{}", default);
        await ledger.Intents.CompleteAsync(done, "{}", default);

        Assert.Equal(0, await ledger.Intents.PruneAsync(Sample.Epoch, 10, default));
        Assert.Equal(1, await ledger.Intents.PruneAsync(Sample.Epoch.AddMilliseconds(1), 10, default));

        Assert.Equal(open, Assert.Single(await ledger.Intents.ListOpenAsync(null, default)).Id);
        Assert.True(await ledger.Intents.BeginAsync("test", "next", "{}", default) > done);
    }

    [Theory]
    [InlineData("", "subject", "{}")]
    [InlineData("kind", "", "{}")]
    [InlineData("kind", "subject", "")]
    [InlineData("kind", "subject", "{")]
    [InlineData("kind", "subject", "{} {}")]
    public async Task Begin_Malformed_IsRefused(string kind, string subject, string body)
    {
        await using var ledger = _fixture.Open();

        await Assert.ThrowsAsync<ArgumentException>(() => ledger.Intents.BeginAsync(kind, subject, body, default));

        Assert.Empty(await ledger.Intents.ListOpenAsync(null, default));
    }

    [Fact]
    public async Task Begin_BodyDeepOrLong_IsRefused()
    {
        await using var ledger = _fixture.Open();

        await Assert.ThrowsAsync<ArgumentException>(() => ledger.Intents.BeginAsync("kind", "subject", new string('[', 100) + new string(']', 100), default));
        await Assert.ThrowsAsync<ArgumentException>(() => ledger.Intents.BeginAsync("kind", "subject", $"\"{new string('x', 1 << 20)}\"", default));
    }
}
