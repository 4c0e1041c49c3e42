using Microsoft.Data.Sqlite;

namespace ProviderAgent.Ledger.Tests;

public sealed class StorageFaultTests : IDisposable
{
    private readonly LedgerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Write_DatabaseMayNotGrow_FailsWholeAndRecovers()
    {
        await using var ledger = _fixture.Open();
        await ledger.Core.Writer.WriteAsync(
            session => session.FindInteger("PRAGMA page_count") is { } pages ? session.FindInteger($"PRAGMA max_page_count = {pages + 2}") : null, default);

        var error = await Assert.ThrowsAsync<LedgerUnavailableException>(() => WriteLargeAsync(ledger));

        Assert.True(error.IsTransient);
        Assert.Contains("disk", error.Message, StringComparison.Ordinal);
        Assert.Contains("full", error.Message, StringComparison.Ordinal);

        // The quota went with the connection, as a full disk goes with the space: the next write works.
        await WriteLargeAsync(ledger);
        Assert.Single(await ledger.Intents.ListOpenAsync(null, default));
        Assert.True(ledger.Health.IsWritable);
        Assert.Equal(["Opened", "WritesFail", "WritesWorkAgain"], _fixture.Log.Events);
    }

    [NeedsRootFact("mount")]
    public async Task Write_DiskFull_FailsWholeAndRecoversWhenSpaceIsBack()
    {
        using var disk = new TmpfsFolder(4 << 20);
        await using var ledger = LedgerDatabase.Open(Path.Combine(disk.Path, "state"), _fixture.Time, _fixture.Log);
        await ledger.Usage.AppendAsync([Sample.Interval("container", 1)], default);
        disk.Fill("filler");

        // The log has some room of its own; sooner or later a write does not fit.
        var acknowledged = 0;
        var error = await Assert.ThrowsAsync<LedgerUnavailableException>(async () =>
        {
            for (; acknowledged < 1000; acknowledged++) await WriteLargeAsync(ledger);
        });
        Assert.Contains("full", error.Message, StringComparison.Ordinal);
        Assert.False(ledger.Health.IsWritable);
        Assert.Contains("free some space", ledger.Health.Detail, StringComparison.Ordinal);
        Assert.Equal(acknowledged, (await ledger.Intents.ListOpenAsync(null, default)).Count); // reading goes on

        File.Delete(Path.Combine(disk.Path, "filler"));
        await WriteLargeAsync(ledger);

        Assert.True(ledger.Health.IsWritable);
        Assert.Equal(acknowledged + 1, (await ledger.Intents.ListOpenAsync(null, default)).Count);
        Assert.True((await ledger.VerifyAsync(default)).IsIntact);
    }

    [NeedsRootFact("mount")]
    public void Open_DiskFull_SaysSo()
    {
        using var disk = new TmpfsFolder(1 << 20);
        disk.Fill("filler");

        var error = Assert.ThrowsAny<LedgerException>(() => LedgerDatabase.Open(Path.Combine(disk.Path, "state"), _fixture.Time, _fixture.Log));

        Assert.IsType<LedgerUnavailableException>(error);
        Assert.Contains(disk.Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_ReadOnly_FailsAndRecovers()
    {
        await using var ledger = _fixture.Open();
        await ledger.Core.Writer.WriteAsync(session => session.Execute("PRAGMA query_only = 1"), default);

        var error = await Assert.ThrowsAsync<LedgerUnavailableException>(() => ledger.Cursors.SetAsync("cursor", new(1), default));

        Assert.Contains("read-only", error.Message, StringComparison.Ordinal);
        Assert.Null(await ledger.Cursors.FindAsync("cursor", default));
        await ledger.Cursors.SetAsync("cursor", new(2), default);
        Assert.Equal(new MarketPosition(2), await ledger.Cursors.FindAsync("cursor", default));
    }

    [Fact]
    public async Task Write_WholeBatchFails_EachCallerIsTold()
    {
        await using var ledger = _fixture.Open();
        using var gate = new ManualResetEventSlim();
        var blocked = ledger.Core.Writer.WriteAsync(
            session =>
            {
                gate.Wait(TimeSpan.FromSeconds(30));
                return session.Execute("PRAGMA query_only = 1");
            },
            default);
        var writes = Enumerable.Range(0, 20).Select(n => ledger.Intents.BeginAsync("test", $"subject {n}", "{}", default)).ToArray();
        gate.Set();

        // The gate's own batch may or may not hold the others; none of the others may seem written.
        await Record.ExceptionAsync(() => blocked);
        foreach (var write in writes) await Record.ExceptionAsync(() => write);
        var open = await ledger.Intents.ListOpenAsync(null, default);
        Assert.Equal(writes.Count(write => write.IsCompletedSuccessfully), open.Count);
        Assert.Contains(writes, write => write.Exception?.InnerException is LedgerUnavailableException);
    }

    [Fact]
    public async Task Read_FileDamagedWhileOpen_ThrowsInsteadOfAnsweringNothing()
    {
        await using (var ledger = _fixture.Open())
        {
            for (var n = 0; n < 200; n++) await WriteLargeAsync(ledger);
        }

        await using var open = _fixture.Open();
        using (var file = new FileStream(_fixture.File, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            // Everything but the first page, which carries the header and the schema's root.
            file.Position = 4096;
            var garbage = new byte[4096];
            Array.Fill(garbage, (byte)0xEE);
            while (file.Position < file.Length) file.Write(garbage);
        }

        var error = await Assert.ThrowsAsync<LedgerUnavailableException>(() => open.Intents.ListOpenAsync(null, default));

        Assert.False(error.IsTransient);
        Assert.Contains("restart", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10, "check the disk", true)]
    [InlineData(14, "cannot be opened", true)]
    [InlineData(5, "locked by another program", true)]
    [InlineData(11, "damaged", false)]
    [InlineData(26, "damaged", false)]
    public void Explain_SqliteCode_NamesCauseAndFix(int code, string words, bool transient)
    {
        var cause = new SqliteException("raw", code, code);

        var error = StorageFaults.Explain(cause, "/state/ledger.db");

        Assert.True(StorageFaults.IsStorage(cause));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Contains("/state/ledger.db", error.Message, StringComparison.Ordinal);
        Assert.Equal(transient, error.IsTransient);
    }

    private static Task<long> WriteLargeAsync(LedgerDatabase ledger) => ledger.Intents.BeginAsync("test", "subject", $"\"{new string('x', 30_000)}\"", default);
}
