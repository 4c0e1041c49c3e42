namespace ProviderAgent.Ledger.Tests;

public sealed class LeaseStoreTests : IDisposable
{
    private readonly LedgerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Put_AllFields_ComeBackExactly()
    {
        var lease = Lease(1) with
        {
            CreatedTick = new(100),
            ClosedAt = Sample.Epoch.AddDays(3),
            ClosedTick = new(43_300),
            CloseReason = LeaseCloseReason.ManifestTimeout,
            Manifest = Sample.Hash(1),
            ExtraJson = """{"generation":3}""",
        };
        await using (var ledger = _fixture.Open()) await ledger.Leases.PutAsync(lease, default);

        await using var again = _fixture.Open();

        Assert.Equal(lease, await again.Leases.FindAsync(lease.Id, default));
        Assert.Null(await again.Leases.FindAsync(Sample.Lease(2), default));
    }

    [Fact]
    public async Task Put_Again_ReplacesTheWholeRow()
    {
        await using var ledger = _fixture.Open();
        await ledger.Leases.PutAsync(Lease(1) with { Manifest = Sample.Hash(1), CreatedTick = new(5) }, default);

        await ledger.Leases.PutAsync(Lease(1) with { State = "closed", ClosedAt = Sample.Epoch }, default);

        Assert.Equal(Lease(1) with { State = "closed", ClosedAt = Sample.Epoch }, await ledger.Leases.FindAsync(Sample.Lease(1), default));
    }

    [Fact]
    public async Task List_OpenAndEnded_AreTold()
    {
        await using var ledger = _fixture.Open();
        for (ulong n = 1; n <= 4; n++)
        {
            await ledger.Leases.PutAsync(Lease(n) with { CreatedAt = Sample.Epoch.AddHours(n), ClosedAt = n % 2 == 0 ? Sample.Epoch.AddHours(10) : null }, default);
        }

        Assert.Equal([Sample.Lease(1), Sample.Lease(3)], (await ledger.Leases.ListOpenAsync(default)).Select(lease => lease.Id));
        Assert.Equal([Sample.Lease(4), Sample.Lease(3)], (await ledger.Leases.ListRecentAsync(2, default)).Select(lease => lease.Id));
    }

    private static StoredLease Lease(ulong dseq) => new()
    {
        Id = Sample.Lease(dseq),
        State = "active",
        Price = new(Decimal18.Parse("5.931488000000000001"), Sample.UactDenom, TimeBase.Tick),
        CreatedAt = Sample.Epoch,
    };
}
