namespace ProviderAgent.Ledger.Tests;

public sealed class QuarantineTests : IDisposable
{
    private readonly LedgerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    /// <summary>One row of each kind is spoiled; the reader must get the healthy one and the spoiled one must lie aside with its bytes.</summary>
    [Theory]
    [InlineData("intent", "UPDATE intent SET body = '{\"cut' WHERE id = 1", "u0022cut")]
    [InlineData("outbox", "UPDATE outbox SET created_at = 9223372036854775807 WHERE hash = 'A1'", "A1")]
    [InlineData("decision", "UPDATE decision SET result = 'Perhaps' WHERE order_id LIKE '%/1/1/1'", "Perhaps")]
    [InlineData("decision", "UPDATE decision SET result = '1' WHERE order_id LIKE '%/1/1/1'", "\"result\":\"1\"")]
    [InlineData("lease", "UPDATE lease SET price = '1e5' WHERE lease_id LIKE '%/1/1/1/%'", "1e5")]
    [InlineData("lease", "UPDATE lease SET extra = 'nothing' WHERE lease_id LIKE '%/1/1/1/%'", "nothing")]
    [InlineData("lease", "UPDATE lease SET state = CAST(x'ff00fe' AS TEXT) WHERE lease_id LIKE '%/1/1/1/%'", "\"base64\":\"/wD+\"")]
    [InlineData("manifest", "UPDATE manifest SET hash = 'ABCD' WHERE lease_id LIKE '%/1/1/1/%'", "e30=")]
    [InlineData("port", "UPDATE port SET lease_id = 'no lease' WHERE host_port = 30000", "no lease")]
    public async Task Read_DamagedRow_IsSetAsideAndTheRestIsRead(string table, string spoil, string kept)
    {
        await using (var ledger = _fixture.Open()) await WriteTwoOfEachAsync(ledger);
        Assert.Equal(1, _fixture.Tamper(spoil));

        await using var open = _fixture.Open();
        Assert.Equal(1, await CountAsync(open, table));

        var aside = Assert.Single(await open.Quarantine.ListAsync(10, default));
        Assert.Equal(table, aside.Table);
        Assert.Contains(kept, aside.Content, StringComparison.Ordinal);
        Assert.Contains("RowSetAside", _fixture.Log.Events);

        // It is gone from its table, so it is reported once.
        Assert.Equal(1, await CountAsync(open, table));
        Assert.Single(await open.Quarantine.ListAsync(10, default));
    }

    [Fact]
    public async Task Read_DamagedRowReplacedMeanwhile_IsLeftAlone()
    {
        await using var ledger = _fixture.Open();
        await WriteTwoOfEachAsync(ledger);
        Assert.Equal(1, _fixture.Tamper("UPDATE decision SET result = 'Perhaps' WHERE order_id LIKE '%/1/1/1'"));
        using var gate = new ManualResetEventSlim();
        using var waiting = new ManualResetEventSlim();
        var repair = ledger.Core.Writer.WriteAsync(
            session =>
            {
                waiting.Set();
                gate.Wait(TimeSpan.FromSeconds(30));
                return session.Execute("UPDATE decision SET result = 'Bid'");
            },
            default);
        waiting.Wait();
        var read = ledger.Decisions.ListRecentAsync(10, default); // sees the damage, and asks for the row to be set aside behind the repair
        await Eventually.BecomesTrueAsync("the request to be queued", () => ledger.Core.Writer.Queued > 0);
        gate.Set();
        await repair;

        Assert.Single(await read);
        Assert.Empty(await ledger.Quarantine.ListAsync(10, default));
        Assert.Equal(2, (await ledger.Decisions.ListRecentAsync(10, default)).Count);
    }

    [Fact]
    public async Task Read_DamagedRowAndDiskReadOnly_StillReadsTheRest()
    {
        await using (var ledger = _fixture.Open()) await WriteTwoOfEachAsync(ledger);
        _fixture.Tamper("UPDATE decision SET result = 'Perhaps' WHERE order_id LIKE '%/1/1/1'");
        await using var open = _fixture.Open();
        await open.Core.Writer.WriteAsync(session => session.Execute("PRAGMA query_only = 1"), default);

        Assert.Single(await open.Decisions.ListRecentAsync(10, default));

        Assert.Contains("RowsStay", _fixture.Log.Events);
    }

    private static async Task WriteTwoOfEachAsync(LedgerDatabase ledger)
    {
        for (ulong n = 1; n <= 2; n++)
        {
            await ledger.Intents.BeginAsync("test", $"subject {n}", "{}", default);
            await ledger.Transactions.SaveAsync($"A{n}", new byte[] { (byte)n }, (long)n, 0, "summary", default);
            await ledger.Decisions.PutAsync(new(Sample.Order(n), Sample.Epoch, DecisionResult.Decline, "reason", "detail", null, "{}"), default);
            await ledger.Leases.PutAsync(new() { Id = Sample.Lease(n), State = "active", Price = Rate.PerTick(Decimal18.One, Sample.UactDenom), CreatedAt = Sample.Epoch }, default);
            await ledger.Manifests.PutAsync(Sample.Lease(n), Sample.Hash((int)n), "{}"u8.ToArray(), default);
            await ledger.Ports.ReserveAsync(new(Sample.Lease(n), "web", 80, PortProtocol.Tcp), new(30_000, 30_010), new HashSet<int>(), default);
        }
    }

    private static async Task<int> CountAsync(LedgerDatabase ledger, string table) => table switch
    {
        "intent" => (await ledger.Intents.ListOpenAsync(null, default)).Count,
        "outbox" => (await ledger.Transactions.ListOpenAsync(default)).Count,
        "decision" => (await ledger.Decisions.ListRecentAsync(10, default)).Count,
        "lease" => (await ledger.Leases.ListRecentAsync(10, default)).Count,
        "manifest" => (await ledger.Manifests.ListLatestAsync(default)).Count,
        "port" => (await ledger.Ports.ListAllAsync(default)).Count,
        _ => throw new ArgumentOutOfRangeException(nameof(table)),
    };
}
