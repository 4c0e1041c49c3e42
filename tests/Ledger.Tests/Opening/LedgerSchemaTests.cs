using System.IO.Compression;

namespace ProviderAgent.Ledger.Tests;

public sealed class LedgerSchemaTests : IDisposable
{
    private static readonly LedgerSchema WithNextVersion = new(
    [
        .. LedgerSchema.Current.Steps,
        "ALTER TABLE lease ADD COLUMN note TEXT NOT NULL DEFAULT 'from the upgrade'; CREATE TABLE added (id INTEGER PRIMARY KEY) STRICT;",
    ]);

    private static readonly LedgerSchema WithBrokenStep = new(
        [.. LedgerSchema.Current.Steps, "CREATE TABLE half_done (id INTEGER PRIMARY KEY) STRICT; CREATE TABLE lease (id INTEGER) STRICT;"]);

    private readonly LedgerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    /// <summary>A file that version 1 wrote, as it lay on disk. Every later version must open it with all its rows.</summary>
    [Fact]
    public async Task Open_FileOfVersion1_HasAllItsRows()
    {
        RestoreVersion1();

        await using var ledger = _fixture.Open();

        await AssertRowsOfVersion1Async(ledger);
        Assert.Null(ledger.DamagedFile);
    }

    [Fact]
    public async Task Open_FileOfVersion1WithNewerProgram_IsUpgradedInPlace()
    {
        RestoreVersion1();

        await using (var ledger = _fixture.Open(WithNextVersion))
        {
            await AssertRowsOfVersion1Async(ledger);
            var note = await ledger.Core.Readers.ReadAsync(session => session.FindText("SELECT note FROM lease LIMIT 1"), default);
            Assert.Equal("from the upgrade", note);
        }

        Assert.Contains("Upgraded", _fixture.Log.Events);
        await using var again = _fixture.Open(WithNextVersion);
        await AssertRowsOfVersion1Async(again);
    }

    [Fact]
    public async Task Open_StepFails_LeavesTheOldVersion()
    {
        RestoreVersion1();

        var error = Assert.Throws<LedgerRefusedException>(() => _fixture.Open(WithBrokenStep));
        Assert.Contains("is unchanged", error.Message, StringComparison.Ordinal);

        await using var ledger = _fixture.Open();
        await AssertRowsOfVersion1Async(ledger);
        Assert.Equal(0, await ledger.Core.Readers.ReadAsync(session => session.FindInteger("SELECT count(*) FROM sqlite_schema WHERE name = 'half_done'"), default));
    }

    [Fact]
    public async Task Open_NewerFile_IsRefusedAndLeftAlone()
    {
        await _fixture.Open(WithNextVersion).DisposeAsync();
        var before = await File.ReadAllBytesAsync(_fixture.File);

        var error = Assert.Throws<LedgerRefusedException>(_fixture.Open);

        Assert.Contains("schema 2, this one knows 1", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(_fixture.File));
        await using var newer = _fixture.Open(WithNextVersion);
        Assert.Null(newer.DamagedFile);
    }

    [Fact]
    public void Open_SomeOtherDatabase_IsRefusedAndLeftAlone()
    {
        Directory.CreateDirectory(_fixture.Directory);
        _fixture.Tamper("CREATE TABLE photos (id INTEGER PRIMARY KEY)");

        var error = Assert.Throws<LedgerRefusedException>(_fixture.Open);

        Assert.Contains("something else", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, _fixture.Tamper("DELETE FROM photos"));
    }

    [Fact]
    public async Task Bind_SameIdentity_Works()
    {
        await using (var ledger = _fixture.Open()) await ledger.BindAsync("akashnet-2", Sample.Lease(1).Provider, default);

        await using var again = _fixture.Open();
        await again.BindAsync("akashnet-2", Sample.Lease(1).Provider, default);
    }

    [Theory]
    [InlineData("sandbox-2", "akash1provider")]
    [InlineData("akashnet-2", "akash1other")]
    public async Task Bind_OtherIdentity_IsRefused(string network, string provider)
    {
        await using var ledger = _fixture.Open();
        await ledger.BindAsync("akashnet-2", AccountAddress.Parse("akash1provider"), default);

        var error = await Assert.ThrowsAsync<LedgerRefusedException>(() => ledger.BindAsync(network, AccountAddress.Parse(provider), default));

        Assert.Contains("akash1provider on akashnet-2", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{provider} on {network}", error.Message, StringComparison.Ordinal);
    }

    private void RestoreVersion1()
    {
        Directory.CreateDirectory(_fixture.Directory);
        using var packed = new GZipStream(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Opening", "ledger-v1.db.gz")), CompressionMode.Decompress);
        using var file = File.Create(_fixture.File);
        packed.CopyTo(file);
    }

    private static async Task AssertRowsOfVersion1Async(LedgerDatabase ledger)
    {
        await ledger.BindAsync("akashnet-2", Sample.Lease(1).Provider, default);
        Assert.Equal(new MarketPosition(27_230_465), await ledger.Cursors.FindAsync("follower", default));
        Assert.Equal(2, (await ledger.Intents.ListBySubjectAsync("subject", 10, default)).Count);
        Assert.Equal("bid.place", Assert.Single(await ledger.Intents.ListOpenAsync(null, default)).Kind);
        Assert.Equal("AB", Assert.Single(await ledger.Transactions.ListOpenAsync(default)).Hash);
        Assert.Equal(2, (await ledger.Decisions.FindAsync(Sample.Order(1), default))?.Times);
        Assert.Equal([7], Assert.Single((await ledger.SeenOrders.ListAsync(0, Sample.Epoch, Sample.Epoch.AddDays(1), 10, default)).Orders).Body);
        Assert.Equal("active", Assert.Single(await ledger.Leases.ListOpenAsync(default)).State);
        Assert.Equal(Sample.Hash(2), (await ledger.Manifests.FindAsync(Sample.Lease(1), default))?.Hash);
        Assert.Equal(30_000, Assert.Single(await ledger.Ports.ListAllAsync(default)).HostPort);
        Assert.Equal("www.example.com", Assert.Single(await ledger.HostNames.ListAsync(default)).Name);
        Assert.Equal(40_000_000_000, (long)Assert.Single(await ledger.Usage.SumAsync(Sample.Lease(1), default)).CpuNanoseconds);
        Assert.Equal(Sample.Uact(250), (await ledger.Settlements.FindIncomeAsync(Sample.Lease(1), default))?.Withdrawn);
        var proof = await ledger.VerifyAsync(default);
        Assert.Equal(new LedgerVerification(UsageRows: 30, UsageSeals: 1, SettlementRows: 2, FirstBreak: null), proof);
    }
}
