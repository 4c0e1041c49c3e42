namespace ProviderAgent.Ledger.Tests;

public sealed class TransactionStoreTests : IDisposable
{
    private readonly LedgerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Save_ThenOpenAgain_HasExactlyTheBytes()
    {
        var bytes = Enumerable.Range(0, 2000).Select(n => (byte)n).ToArray();
        await using (var ledger = _fixture.Open()) await ledger.Transactions.SaveAsync("HASH", bytes, 7, 1234, "2 bids", default);

        await using var again = _fixture.Open();
        var row = Assert.Single(await again.Transactions.ListOpenAsync(default));

        Assert.Equal(bytes, row.Bytes.ToArray());
        Assert.Equal(("HASH", 7, 1234, "2 bids"), (row.Hash, row.Sequence, row.TimeoutHeight, row.Summary));
    }

    [Fact]
    public async Task Save_Twice_ChangesNothing()
    {
        await using var ledger = _fixture.Open();
        await ledger.Transactions.SaveAsync("HASH", new byte[] { 1 }, 7, 0, "first", default);
        await ledger.Transactions.CloseAsync("HASH", "{}", default);

        await ledger.Transactions.SaveAsync("HASH", new byte[] { 1 }, 7, 0, "second", default);

        Assert.Empty(await ledger.Transactions.ListOpenAsync(default));
        Assert.Equal("first", (await ledger.Transactions.FindAsync("HASH", default))?.Summary);
    }

    [Fact]
    public async Task Close_Twice_KeepsTheFirstFate()
    {
        await using var ledger = _fixture.Open();
        await ledger.Transactions.SaveAsync("HASH", new byte[] { 1 }, 7, 0, "", default);

        Assert.True(await ledger.Transactions.CloseAsync("HASH", "1", default));
        Assert.False(await ledger.Transactions.CloseAsync("HASH", "2", default));
        Assert.False(await ledger.Transactions.CloseAsync("OTHER", "3", default));

        Assert.Equal("1", (await ledger.Transactions.FindAsync("HASH", default))?.OutcomeJson);
        Assert.Null(await ledger.Transactions.FindAsync("OTHER", default));
    }

    [Fact]
    public async Task ListOpen_SavedInAnyOrder_IsBySequence()
    {
        await using var ledger = _fixture.Open();
        foreach (var sequence in new[] { 3, 1, 2 }) await ledger.Transactions.SaveAsync($"H{sequence}", new byte[] { 1 }, sequence, 0, "", default);

        Assert.Equal(["H1", "H2", "H3"], (await ledger.Transactions.ListOpenAsync(default)).Select(row => row.Hash));
        Assert.Equal(["H2", "H1"], (await ledger.Transactions.ListRecentAsync(2, default)).Select(row => row.Hash));
    }

    [Fact]
    public async Task Prune_OldRows_KeepsOpenOnes()
    {
        await using var ledger = _fixture.Open();
        foreach (var n in new[] { 1, 2, 3 }) await ledger.Transactions.SaveAsync($"H{n}", new byte[] { 1 }, n, 0, "", default);
        await ledger.Transactions.CloseAsync("H1", "{}", default);
        await ledger.Transactions.CloseAsync("H2", "{}", default);

        Assert.Equal(1, await ledger.Transactions.PruneAsync(Sample.Epoch.AddDays(1), 1, default));
        Assert.Equal(1, await ledger.Transactions.PruneAsync(Sample.Epoch.AddDays(1), 10, default));

        Assert.Equal("H3", Assert.Single(await ledger.Transactions.ListRecentAsync(10, default)).Hash);
    }
}
