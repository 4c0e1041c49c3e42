namespace ProviderAgent.Ledger.Tests;

public sealed class CursorStoreTests : IDisposable
{
    private readonly LedgerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Find_NeverStored_IsNull()
    {
        await using var ledger = _fixture.Open();

        Assert.Null(await ledger.Cursors.FindAsync("follower", default));
    }

    [Fact]
    public async Task Set_SeveralTimes_LastOneIsThereAfterReopening()
    {
        await using (var ledger = _fixture.Open())
        {
            await ledger.Cursors.SetAsync("follower", new(long.MaxValue), default);
            await ledger.Cursors.SetAsync("follower", new(5), default);
            await ledger.Cursors.SetAsync("other", new(9), default);
        }

        await using var again = _fixture.Open();
        Assert.Equal(new MarketPosition(5), await again.Cursors.FindAsync("follower", default));
        Assert.Equal(new MarketPosition(9), await again.Cursors.FindAsync("other", default));
    }
}
