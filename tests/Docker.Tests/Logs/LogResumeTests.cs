using System.Text;
using FsCheck;
using FsCheck.Fluent;
using ProviderAgent.Docker.Models;
using Target = ProviderAgent.Docker.MultiplexedStream.TargetStream;

namespace ProviderAgent.Docker.Tests.Logs;

public sealed class LogResumeTests
{
    /// <summary>A log whose two outputs are each in order, a little out of order with each other, and with equal times.</summary>
    private static readonly Arbitrary<(bool Stderr, int Milliseconds)[]> Logs = (
        from stderr in Gen.Elements(true, false)
        from step in Gen.Elements(0, 0, 1, 300, 2000)
        select (stderr, step)).ArrayOf().Select(InOrder).ToArbitrary();

    [Fact]
    public void Resume_CutAnywhere_DeliversEveryLineOnce() =>
        Prop.ForAll(Logs, ArbMap.Default.ArbFor<NonNegativeInt[]>(), (log, cuts) =>
        {
            var delivered = new List<string>();
            var cursor = default(LogCursor);
            foreach (var cut in cuts.Select(cut => cut.Get).Append(int.MaxValue))
            {
                // What the engine gives: everything from "since" on, inclusive, in the order of its log; cut off after some entries.
                var since = cursor.Since;
                var entries = log.Select((entry, i) => (entry, Text: $"line {i}"))
                    .Where(line => since is null || TimeOf(line.entry.Milliseconds) >= since)
                    .Take(cut);
                var wire = entries.SelectMany(line => Streams.MultiplexedStreamTests.Frame(
                    line.entry.Stderr ? Target.StandardError : Target.StandardOut, Encoding.ASCII.GetBytes($"{Text(line.entry.Milliseconds)} {line.Text}\n")));
                var reader = new ContainerLogReader(new MultiplexedStream(new MemoryStream(wire.ToArray()), multiplexed: true), tty: false, cursor);
                delivered.AddRange(reader.ReadLinesAsync(default).ToBlockingEnumerable().Select(line => line.Text));
                cursor = reader.Cursor;
            }

            Assert.Equal(log.Select((_, i) => $"line {i}").Order(StringComparer.Ordinal), delivered.Order(StringComparer.Ordinal));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Open_Fresh_AsksWithTimestampsAndTheCallersTail()
    {
        await using var engine = new FakeEngine(exchange => exchange.RespondAsync(200, ""));
        using var client = engine.CreateClient();

        await using var reader = await ContainerLogReader.OpenAsync(
            client.Containers, "c1", tty: false, new ContainerLogsParameters { ShowStdout = true, Follow = true, Tail = "100" }, default, default);

        Assert.Equal("stdout=1&timestamps=1&follow=1&tail=100", Assert.Single(engine.Requests).Query);
        Assert.Null(reader.Cursor.Since);
    }

    [Fact]
    public async Task Open_Resumed_AsksFromTheCursorWithoutTail()
    {
        await using var engine = new FakeEngine(exchange => exchange.RespondAsync(200, ""));
        using var client = engine.CreateClient();
        var cursor = new LogCursor(new LogPosition(new EngineTime(100, 5), 1), new LogPosition(new EngineTime(99, 900_000_000), 1));

        await using var reader = await ContainerLogReader.OpenAsync(
            client.Containers, "c1", tty: false, new ContainerLogsParameters { ShowStdout = true, ShowStderr = true, Tail = "100" }, cursor, default);

        Assert.Equal("stdout=1&stderr=1&since=99.900000000&timestamps=1", Assert.Single(engine.Requests).Query);
    }

    [Fact]
    public async Task ReadLines_FollowEndsBeforeTheLastEntries_TheRestIsReadOnce()
    {
        await using var engine = new FakeEngine(exchange => exchange.RespondAsync(200, exchange.Query.Contains("follow=1", StringComparison.Ordinal)
            ? $"{Text(0)} one\n{Text(5)} two\n{Text(9)} thr"
            : $"{Text(5)} two\n{Text(9)} three\n{Text(11)} last"));
        using var client = engine.CreateClient();
        await using var reader = await ContainerLogReader.OpenAsync(
            client.Containers, "c1", tty: true, new ContainerLogsParameters { ShowStdout = true, Follow = true, Tail = "7" }, default, default);

        var lines = reader.ReadLinesAsync(default).ToBlockingEnumerable().Select(line => line.Text).ToList();

        Assert.Equal(["one", "two", "three", "last"], lines);
        var afterTwo = default(LogCursor).With(Target.StandardOut, new LogPosition(TimeOf(5), 1)).Since;
        Assert.Equal(["stdout=1&timestamps=1&follow=1&tail=7", $"stdout=1&since={afterTwo?.ToQuery()}&timestamps=1"], engine.Requests.Select(request => request.Query));
        Assert.Equal(TimeOf(11), reader.Cursor[Target.StandardOut]?.Time);
    }

    [Fact]
    public async Task ReadLines_ContainerRemovedWhenTheFollowEnded_EndsCleanly()
    {
        await using var engine = new FakeEngine(exchange => exchange.Query.Contains("follow=1", StringComparison.Ordinal)
            ? exchange.RespondAsync(200, $"{Text(0)} one\n")
            : exchange.RespondAsync(404, """{"message":"No such container: c1"}"""));
        using var client = engine.CreateClient();
        await using var reader = await ContainerLogReader.OpenAsync(
            client.Containers, "c1", tty: true, new ContainerLogsParameters { ShowStdout = true, Follow = true }, default, default);

        Assert.Equal("one", Assert.Single(reader.ReadLinesAsync(default).ToBlockingEnumerable()).Text);
    }

    [Fact]
    public void Since_OneOutputSilentForLong_AsksForLittle() =>
        Assert.Equal(new EngineTime(999, 5), new LogCursor(new LogPosition(new EngineTime(10, 0), 1), new LogPosition(new EngineTime(1000, 5), 1)).Since);

    [Fact]
    public async Task Read_ConnectionCut_KeepsTheCursorOfTheLastWholeLine()
    {
        await using var engine = new FakeEngine(async exchange =>
        {
            await exchange.BeginChunksAsync();
            await exchange.WriteChunkAsync(Streams.MultiplexedStreamTests.Frame(Target.StandardOut, "1970-01-01T00:00:05Z whole\n"u8.ToArray()));
            await exchange.WriteChunkAsync(Streams.MultiplexedStreamTests.Frame(Target.StandardOut, "1970-01-01T00:00:06Z half"u8.ToArray()));
            exchange.Close();
        });
        using var client = engine.CreateClient();
        await using var reader = await ContainerLogReader.OpenAsync(
            client.Containers, "c1", false, new ContainerLogsParameters { ShowStdout = true }, default, default);
        var lines = new List<string>();

        await Assert.ThrowsAsync<EngineUnavailableException>(async () =>
        {
            await foreach (var line in reader.ReadLinesAsync(default)) lines.Add(line.Text);
        });

        Assert.Equal(["whole"], lines);
        Assert.Equal(new LogPosition(new EngineTime(5, 0), 1), reader.Cursor.Stdout);
    }

    private static (bool Stderr, int Milliseconds)[] InOrder((bool Stderr, int Step)[] steps)
    {
        var clock = 10_000;
        // Lines of standard error are written 0.2 s late: their times lie before those of lines that precede them in the log.
        return steps.Select(step => (step.Stderr, (clock += step.Step) - (step.Stderr ? 200 : 0))).ToArray();
    }

    private static EngineTime TimeOf(int milliseconds) => new(milliseconds / 1000, milliseconds % 1000 * 1_000_000);

    private static string Text(int milliseconds) =>
        DateTime.UnixEpoch.AddMilliseconds(milliseconds).ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", System.Globalization.CultureInfo.InvariantCulture);
}
