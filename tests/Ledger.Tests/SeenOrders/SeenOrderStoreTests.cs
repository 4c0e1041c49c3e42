namespace ProviderAgent.Ledger.Tests;

public sealed class SeenOrderStoreTests : IDisposable
{
    private static readonly DateTimeOffset Late = Sample.Epoch.AddYears(1);

    private readonly LedgerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Put_Twice_KeepsTheFirst()
    {
        await using var ledger = _fixture.Open();
        await ledger.SeenOrders.PutAsync(Sample.Order(1), Sample.Epoch, [1], default);
        await ledger.SeenOrders.PutAsync(Sample.Order(1), Sample.Epoch.AddDays(1), [2], default);
        await ledger.SeenOrders.NoteLeaseAsync(Sample.Order(1), AccountAddress.Parse("akash1rival"), "5 uact/tick", default);
        await ledger.SeenOrders.NoteLeaseAsync(Sample.Order(1), AccountAddress.Parse("akash1other"), "6 uact/tick", default);
        await ledger.SeenOrders.NoteLeaseAsync(Sample.Order(2), AccountAddress.Parse("akash1other"), "6 uact/tick", default);

        var (orders, _) = await ledger.SeenOrders.ListAsync(0, Sample.Epoch, Late, 10, default);

        var order = Assert.Single(orders);
        Assert.Equal([1], order.Body);
        Assert.Equal((Sample.Epoch, "akash1rival", "5 uact/tick"), (order.SeenAt, order.Winner, order.Price));
        Assert.Equal("akash1rival", (await ledger.SeenOrders.FindAsync(Sample.Order(1), default))?.Winner);
        Assert.Null(await ledger.SeenOrders.FindAsync(Sample.Order(2), default));
    }

    [Fact]
    public async Task List_ManyPages_GivesAllInOrderAndEnds()
    {
        await using var ledger = _fixture.Open();
        await Task.WhenAll(Enumerable.Range(1, 25).Select(n => ledger.SeenOrders.PutAsync(Sample.Order((ulong)n), Sample.Epoch.AddMinutes(n), [(byte)n], default)));
        var seen = new List<byte>();
        long? after = 0;
        while (after is { } last)
        {
            var (orders, next) = await ledger.SeenOrders.ListAsync(last, Sample.Epoch.AddMinutes(3), Sample.Epoch.AddMinutes(21), 4, default);
            seen.AddRange(orders.Select(order => order.Body[0]));
            after = next;
        }

        Assert.Equal(Enumerable.Range(3, 18).Select(n => (byte)n).Order(), seen.Order());
    }

    [Fact]
    public async Task Read_FileBesideAnOpenLedger_SeesTheSameAndSkipsDamage()
    {
        await using var ledger = _fixture.Open();
        for (ulong n = 1; n <= 5; n++) await ledger.SeenOrders.PutAsync(Sample.Order(n), Sample.Epoch.AddMinutes(n), [(byte)n], default);
        _fixture.Tamper("UPDATE seen_order SET order_id = 'nonsense' WHERE id = 3");

        using var file = SeenOrderFile.Open(_fixture.Directory);

        Assert.Equal([1, 2, 4, 5], file.Read(Sample.Epoch, Late).Select(order => (int)order.Body[0]));
        Assert.Equal(1, file.Damaged);
    }

    [Fact]
    public void Open_NoLedger_SaysSo() => Assert.Throws<LedgerUnavailableException>(() => SeenOrderFile.Open(_fixture.Directory));

    [Fact]
    public async Task Prune_OldAndSurplus_AreForgotten()
    {
        await using var ledger = _fixture.Open();
        for (ulong n = 1; n <= 10; n++) await ledger.SeenOrders.PutAsync(Sample.Order(n), Sample.Epoch.AddMinutes(n), [(byte)n], default);

        Assert.Equal(4, await ledger.SeenOrders.PruneAsync(Sample.Epoch.AddMinutes(5), keep: 100, limit: 100, default));
        Assert.Equal(3, await ledger.SeenOrders.PruneAsync(Sample.Epoch, keep: 3, limit: 100, default));

        var (orders, _) = await ledger.SeenOrders.ListAsync(0, Sample.Epoch, Late, 10, default);
        Assert.Equal([8, 9, 10], orders.Select(order => (int)order.Body[0]));
    }
}
