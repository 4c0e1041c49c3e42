namespace ProviderAgent.Ledger.Tests;

public sealed class SignalStoreTests : IDisposable
{
    private static readonly DateTimeOffset When = DateTimeOffset.FromUnixTimeMilliseconds(1_760_000_000_000);

    private readonly LedgerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Put_AgainAndOverARestart_KeepsOneOfAKind()
    {
        await using (var ledger = _fixture.Open())
        {
            await ledger.Signals.PutAsync(new(Sample.Lease(1), "Mail", When, When, 2), default);
            await ledger.Signals.PutAsync(new(Sample.Lease(1), "Mail", When, When.AddHours(1), 5), default);
            await ledger.Signals.PutAsync(new(Sample.Lease(1), "Scan", When.AddMinutes(1), When.AddMinutes(1), 300), default);
            await ledger.Signals.PutAsync(new(Sample.Lease(2), "Mail", When, When, 1), default);
            await ledger.Signals.RemoveAsync(Sample.Lease(2), default);
        }

        await using var again = _fixture.Open();

        Assert.Equal(
            [new StoredSignal(Sample.Lease(1), "Mail", When, When.AddHours(1), 5), new StoredSignal(Sample.Lease(1), "Scan", When.AddMinutes(1), When.AddMinutes(1), 300)],
            await again.Signals.ListAsync(default));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65)]
    public async Task Put_KindIsEmptyOrTooLong_IsRefused(int length)
    {
        await using var ledger = _fixture.Open();

        await Assert.ThrowsAnyAsync<ArgumentException>(() => ledger.Signals.PutAsync(new(Sample.Lease(1), new string('k', length), When, When, 1), default));
    }
}
