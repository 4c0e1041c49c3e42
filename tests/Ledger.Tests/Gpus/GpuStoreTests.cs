namespace ProviderAgent.Ledger.Tests;

public sealed class GpuStoreTests : IDisposable
{
    private static readonly DateTimeOffset When = DateTimeOffset.FromUnixTimeMilliseconds(1_760_000_000_000);

    private readonly LedgerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Quarantine_Twice_KeepsTheFirstReasonOverRestarts()
    {
        await using (var ledger = _fixture.Open())
        {
            await ledger.Gpus.QuarantineAsync(new("GPU-1", "XID 79", When), default);
            await ledger.Gpus.QuarantineAsync(new("GPU-1", "later", When.AddDays(1)), default);
            await ledger.Gpus.QuarantineAsync(new("GPU-2", "x", When), default);
            await ledger.Gpus.RestoreAsync("GPU-2", default);
            await ledger.Gpus.RestoreAsync("GPU-3", default);
        }

        await using var again = _fixture.Open();

        Assert.Equal([new StoredGpuQuarantine("GPU-1", "XID 79", When)], await again.Gpus.ListQuarantinesAsync(default));
    }

    [Fact]
    public async Task Quarantine_LongReason_IsCutAndKept()
    {
        await using var ledger = _fixture.Open();

        await ledger.Gpus.QuarantineAsync(new("GPU-1", new('x', 5000), When), default);

        Assert.Equal(1024, Assert.Single(await ledger.Gpus.ListQuarantinesAsync(default)).Reason.Length);
    }

    [Fact]
    public async Task PutPicks_Again_ReplacesWhatTheOrderHad()
    {
        await using (var ledger = _fixture.Open())
        {
            await ledger.Gpus.PutPicksAsync(Order(1), [new(Order(1), "GPU-1", 1, 0), new(Order(1), "GPU-2", 1, 1)], default);
            await ledger.Gpus.PutPicksAsync(Order(2), [new(Order(2), "GPU-3", 1, 0)], default);
            await ledger.Gpus.PutPicksAsync(Order(1), [new(Order(1), "GPU-4", 2, 0)], default);
            await ledger.Gpus.RemovePicksAsync(Order(2), default);
            await ledger.Gpus.RemovePicksAsync(Order(7), default);
        }

        await using var again = _fixture.Open();

        Assert.Equal([new StoredGpuPick(Order(1), "GPU-4", 2, 0)], await again.Gpus.ListPicksAsync(default));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(129)]
    public async Task Put_UuidOfWrongLength_IsRefused(int length)
    {
        await using var ledger = _fixture.Open();

        await Assert.ThrowsAsync<ArgumentException>(() => ledger.Gpus.QuarantineAsync(new(new('x', length), "x", When), default));
        await Assert.ThrowsAsync<ArgumentException>(() => ledger.Gpus.PutPicksAsync(Order(1), [new(Order(1), new('x', length), 1, 0)], default));
    }

    private static OrderId Order(ulong number) => new(AccountAddress.Parse("akash1tenant"), number, 1, 1);
}
