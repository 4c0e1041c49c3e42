namespace ProviderAgent.Ledger.Tests;

public sealed class AccountKeyStoreTests : IDisposable
{
    private static readonly AccountAddress Tenant = AccountAddress.Parse("akash1tenant");

    private readonly LedgerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Put_IsFoundAfterARestart()
    {
        await using (var ledger = _fixture.Open()) await ledger.AccountKeys.PutAsync(Tenant, new byte[] { 2, 7, 7 }, default);

        await using var again = _fixture.Open();

        Assert.Equal([2, 7, 7], await again.AccountKeys.FindAsync(Tenant, default) ?? []);
        Assert.Null(await again.AccountKeys.FindAsync(AccountAddress.Parse("akash1other"), default));
    }

    [Fact]
    public async Task Put_MoreThanAreKept_ForgetsTheOldest()
    {
        await using var ledger = _fixture.Open();
        var store = new AccountKeyStore(ledger.Core, maxKeys: 3);

        for (var i = 0; i < 5; i++) await store.PutAsync(AccountAddress.Parse($"akash1tenant{i}"), new byte[] { (byte)(i + 1) }, default);

        Assert.Null(await store.FindAsync(AccountAddress.Parse("akash1tenant1"), default));
        for (var i = 2; i < 5; i++) Assert.Equal([(byte)(i + 1)], await store.FindAsync(AccountAddress.Parse($"akash1tenant{i}"), default) ?? []);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(129)]
    public async Task Put_NoKey_IsRefused(int length)
    {
        await using var ledger = _fixture.Open();

        await Assert.ThrowsAsync<ArgumentException>(() => ledger.AccountKeys.PutAsync(Tenant, new byte[length], default));
    }
}
