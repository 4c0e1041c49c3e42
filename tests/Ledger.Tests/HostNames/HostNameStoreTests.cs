namespace ProviderAgent.Ledger.Tests;

public sealed class HostNameStoreTests : IDisposable
{
    private static readonly DateTimeOffset When = DateTimeOffset.FromUnixTimeMilliseconds(1_760_000_000_000);
    private static readonly LeaseId First = LeaseId.Parse("akash1tenant/7/1/1/akash1provider");
    private static readonly LeaseId Second = LeaseId.Parse("akash1tenant/8/1/1/akash1provider");

    private readonly LedgerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Put_Again_ReplacesTheHolderAndIsKeptOverRestarts()
    {
        await using (var ledger = _fixture.Open())
        {
            await ledger.HostNames.PutAsync([new("a.example.com", First, null), new("b.example.com", First, When)], default);
            await ledger.HostNames.PutAsync([new("a.example.com", Second, When)], default);
        }

        await using var again = _fixture.Open();

        Assert.Equal([new StoredHostName("a.example.com", Second, When), new StoredHostName("b.example.com", First, When)], await again.HostNames.ListAsync(default));
    }

    [Fact]
    public async Task Put_OneNameIsTooLong_StoresNone()
    {
        await using var ledger = _fixture.Open();

        await Assert.ThrowsAsync<ArgumentException>(() => ledger.HostNames.PutAsync([new("a.example.com", First, null), new(new('x', 254), First, null)], default));

        Assert.Empty(await ledger.HostNames.ListAsync(default));
    }

    [Fact]
    public async Task Remove_SomeThatNobodyHolds_RemovesTheOthers()
    {
        await using var ledger = _fixture.Open();
        await ledger.HostNames.PutAsync([new("a.example.com", First, null), new("b.example.com", First, null)], default);

        await ledger.HostNames.RemoveAsync(["a.example.com", "never.example.com"], default);

        Assert.Equal("b.example.com", Assert.Single(await ledger.HostNames.ListAsync(default)).Name);
    }
}
