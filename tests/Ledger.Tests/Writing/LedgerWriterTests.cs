using System.Diagnostics.Metrics;

namespace ProviderAgent.Ledger.Tests;

public sealed class LedgerWriterTests : IDisposable
{
    private readonly LedgerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Write_ManyAtOnce_ShareCommits()
    {
        await using var ledger = _fixture.Open();
        using var commits = new CommitCounter(ledger);
        using var gate = new ManualResetEventSlim();
        var first = ledger.Core.Writer.WriteAsync(_ => gate.Wait(TimeSpan.FromSeconds(30)), default);

        var writes = Enumerable.Range(0, 500).Select(n => ledger.Intents.BeginAsync("test", $"subject {n}", "{}", default)).ToArray();
        gate.Set();
        var ids = await Task.WhenAll(writes);
        await first;

        Assert.Equal(500, ids.Distinct().Count());
        Assert.Equal(ids.Order(), ids); // in the order in which they were asked for
        Assert.InRange(commits.Count, 2, 4);
        Assert.Equal(500, (await ledger.Intents.ListOpenAsync(null, default)).Count);
    }

    [Fact]
    public async Task Write_OneOfABatchFails_OthersAreKept()
    {
        await using var ledger = _fixture.Open();
        using var gate = new ManualResetEventSlim();
        var blocked = ledger.Core.Writer.WriteAsync(_ => gate.Wait(TimeSpan.FromSeconds(30)), default);
        var before = ledger.Cursors.SetAsync("before", new(1), default);
        var failing = ledger.Core.Writer.WriteAsync<int>(
            session =>
            {
                session.Execute("INSERT INTO cursor (name, position, updated_at) VALUES ('half', 1, 1)");
                throw new InvalidOperationException("on purpose");
            },
            default);
        var after = ledger.Cursors.SetAsync("after", new(2), default);
        gate.Set();

        await Assert.ThrowsAsync<InvalidOperationException>(() => failing);
        await Task.WhenAll(blocked, before, after);

        Assert.NotNull(await ledger.Cursors.FindAsync("before", default));
        Assert.NotNull(await ledger.Cursors.FindAsync("after", default));
        Assert.Null(await ledger.Cursors.FindAsync("half", default));
    }

    [Fact]
    public async Task Write_CancelledWhileQueued_IsNotWritten()
    {
        await using var ledger = _fixture.Open();
        using var gate = new ManualResetEventSlim();
        using var cancel = new CancellationTokenSource();
        using var running = new ManualResetEventSlim();
        var blocked = ledger.Core.Writer.WriteAsync(
            _ =>
            {
                running.Set();
                return gate.Wait(TimeSpan.FromSeconds(30));
            },
            default);
        running.Wait();
        var queued = ledger.Cursors.SetAsync("queued", new(1), cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queued);
        gate.Set();
        await blocked;
        await ledger.Cursors.SetAsync("later", new(1), default);
        Assert.Null(await ledger.Cursors.FindAsync("queued", default));
    }

    [Fact]
    public async Task Write_CancelledOnceBegun_IsWaitedFor()
    {
        await using var ledger = _fixture.Open();
        using var gate = new ManualResetEventSlim();
        using var running = new ManualResetEventSlim();
        using var cancel = new CancellationTokenSource();
        var write = ledger.Core.Writer.WriteAsync(
            session =>
            {
                running.Set();
                gate.Wait(TimeSpan.FromSeconds(30));
                return session.Execute("INSERT INTO cursor (name, position, updated_at) VALUES ('begun', 1, 1)");
            },
            cancel.Token);
        running.Wait();

        await cancel.CancelAsync();
        Assert.False(write.IsCompleted);
        gate.Set();

        Assert.Equal(1, await write);
        Assert.NotNull(await ledger.Cursors.FindAsync("begun", default));
    }

    [Fact]
    public async Task Dispose_WritesQueued_AreFinished()
    {
        var ledger = _fixture.Open();
        var writes = Enumerable.Range(0, 100).Select(n => ledger.Cursors.SetAsync($"cursor {n}", new(n), default)).ToArray();

        await ledger.DisposeAsync();

        await Task.WhenAll(writes);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => ledger.Cursors.SetAsync("late", new(1), default));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => ledger.Cursors.FindAsync("late", default));
        await using var again = _fixture.Open();
        for (var n = 0; n < 100; n++) Assert.Equal(new MarketPosition(n), await again.Cursors.FindAsync($"cursor {n}", default));
    }

    [Fact]
    public async Task ReadAndWrite_ManyAtOnce_ReadersSeeWholeWritesOnly()
    {
        await using var ledger = _fixture.Open();
        using var stop = new CancellationTokenSource();
        const int writers = 4;
        const int rounds = 60;
        var writing = Enumerable.Range(0, writers).Select(async w =>
        {
            for (var n = 1; n <= rounds; n++)
            {
                // Two containers in one call: a reader sees both or none.
                await ledger.Usage.AppendAsync([Sample.Interval($"a{w}", n, (ulong)w + 1, "a"), Sample.Interval($"b{w}", n, (ulong)w + 1, "b")], default);
            }
        }).ToArray();
        var reading = Enumerable.Range(0, 4).Select(async w =>
        {
            var seen = 0;
            while (!stop.IsCancellationRequested)
            {
                var sums = await ledger.Usage.SumAsync(Sample.Lease((ulong)w + 1), default);
                Assert.True(sums.Count is 0 or 2);
                Assert.True(sums.Count == 0 || sums[0].CpuNanoseconds == sums[1].CpuNanoseconds);
                seen++;
            }

            return seen;
        }).ToArray();

        await Task.WhenAll(writing);
        await stop.CancelAsync();

        Assert.All(await Task.WhenAll(reading), seen => Assert.True(seen > 0));
        Assert.Equal(2 * writers * rounds, (await ledger.VerifyAsync(default)).UsageRows);
    }

    [Fact]
    public async Task Dispose_ManyReadsWaiting_AllEnd()
    {
        var ledger = _fixture.Open();
        using var gate = new ManualResetEventSlim();
        var reads = Enumerable.Range(0, 20).Select(_ => ledger.Core.Readers.ReadAsync(_ => gate.Wait(TimeSpan.FromSeconds(30)), default)).ToArray();

        var closing = Task.Run(() => ledger.DisposeAsync().AsTask());
        gate.Set();
        await closing;

        foreach (var read in reads) Assert.True(await Record.ExceptionAsync(() => read) is null or ObjectDisposedException);
    }

    [Fact]
    public async Task Write_ForALongTime_KeepsTheLogShort()
    {
        await using var ledger = _fixture.Open();
        var body = $"\"{new string('x', 200_000)}\"";

        for (var n = 0; n < 200; n++) await ledger.Intents.BeginAsync("test", "subject", body, default); // 40 MB

        Assert.InRange(new FileInfo(_fixture.File + "-wal").Length, 1, 12 << 20);
    }

    [Fact]
    public async Task Read_Cancelled_IsInterrupted()
    {
        await using var ledger = _fixture.Open();
        using var cancel = new CancellationTokenSource();
        using var running = new ManualResetEventSlim();
        var read = ledger.Core.Readers.ReadAsync(
            session =>
            {
                running.Set();
                return session.FindInteger("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n");
            },
            cancel.Token);
        running.Wait();

        // The interrupt only reaches a statement that runs, and it may not have begun yet.
        await Eventually.BecomesTrueAsync("the read to end", async () =>
        {
            await cancel.CancelAsync();
            return read.IsCompleted;
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
    }

    /// <summary>Counts transactions by the room's own metric.</summary>
    private sealed class CommitCounter : IDisposable
    {
        private readonly MeterListener _listener = new();
        private int _count;

        public CommitCounter(LedgerDatabase ledger)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == ledger.Metrics.Meter && instrument.Name == "provider_ledger_commit_seconds") listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref _count));
            _listener.Start();
        }

        public int Count => _count;

        public void Dispose() => _listener.Dispose();
    }
}
