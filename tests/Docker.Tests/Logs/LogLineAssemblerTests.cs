using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Target = ProviderAgent.Docker.MultiplexedStream.TargetStream;

namespace ProviderAgent.Docker.Tests.Logs;

public sealed class LogLineAssemblerTests
{
    private const int EntryBytes = 16 * 1024;

    /// <summary>Lines around the lengths where the engine cuts, as (stream, length, letter).</summary>
    private static readonly Arbitrary<(bool Stderr, int Length, char Letter)[]> Lines = (
        from stderr in Gen.Elements(true, false)
        from length in Gen.OneOf(Gen.Choose(0, 100), Gen.Choose(EntryBytes - 2, EntryBytes + 2), Gen.Choose((3 * EntryBytes) - 1, (3 * EntryBytes) + 1))
        from letter in Gen.Elements('a', '2', ' ', '-')
        select (stderr, length, letter)).ArrayOf().Resize(15).ToArbitrary();

    private static readonly Arbitrary<int[]> Cuts =
        Gen.OneOf(Gen.Choose(1, 50), Gen.Choose(1000, 40_000)).NonEmptyListOf().Select(list => list.ToArray()).ToArbitrary();

    [Fact]
    public void Lines_FramesCutAnywhere_ComeOutWhole() =>
        Prop.ForAll(Lines, Cuts, (lines, cuts) =>
        {
            var wire = lines.SelectMany((line, i) => Entries(line, i, terminal: false)
                .Select(entry => Streams.MultiplexedStreamTests.Frame(line.Stderr ? Target.StandardError : Target.StandardOut, entry)));

            Check(lines, Read(Join(wire), cuts, tty: false), line => line.Stderr);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Lines_TerminalCutAnywhere_ComeOutWhole() =>
        Prop.ForAll(Lines, Cuts, (lines, cuts) =>
        {
            var wire = lines.SelectMany((line, i) => Entries(line, i, terminal: true));

            Check(lines, Read(Join(wire), cuts, tty: true), _ => false);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Terminal_TextThatLooksLikeATime_StaysText()
    {
        // 16384 bytes fill an entry; what follows begins like the entry's time and then differs.
        var text = $"{new string('x', EntryBytes)}2026-01-01T00:00:00.9 is text";

        var line = Assert.Single(Read(Encoding.ASCII.GetBytes($"2026-01-01T00:00:00.000000001Z {text}\r\n"), [], tty: true));

        Assert.Equal(text, line.Text);
    }

    [Fact]
    public void Terminal_EndsInsideTextThatLooksLikeATime_LosesNothing()
    {
        var text = $"{new string('x', EntryBytes)}2026-01";

        Assert.Equal(text, Assert.Single(Read(Encoding.ASCII.GetBytes($"2026-01-01T00:00:00.000000001Z {text}"), [], tty: true)).Text);
    }

    [Fact]
    public void Lines_LastOneWithoutEnd_IsALine()
    {
        var wire = Streams.MultiplexedStreamTests.Frame(Target.StandardOut, "2026-01-01T00:00:00Z prompt> "u8.ToArray());

        Assert.Equal(new LogLine(Target.StandardOut, new EngineTime(1767225600, 0), "prompt> ", IsPartial: false), Assert.Single(Read(wire, [], tty: false)));
    }

    [Fact]
    public void Lines_SeveralInOneEntry_AreSeparate()
    {
        var wire = Streams.MultiplexedStreamTests.Frame(Target.StandardOut, "2026-01-01T00:00:00Z one\ntwo\nthree"u8.ToArray());

        Assert.Equal(["one", "two", "three"], Read(wire, [2], tty: false).Select(line => line.Text));
    }

    [Fact]
    public void Lines_NotUtf8_AreShownWithMarks()
    {
        byte[] wire = [.. "2026-01-01T00:00:00Z "u8, 0xff, 0x41, 10];

        Assert.Equal("\ufffdA", Assert.Single(Read(Streams.MultiplexedStreamTests.Frame(Target.StandardOut, wire), [], tty: false)).Text);
    }

    [Fact]
    public void Lines_LongerThanTheLimit_ComeInPieces()
    {
        var wire = Enumerable.Range(0, 4).SelectMany(i => Streams.MultiplexedStreamTests.Frame(
            Target.StandardOut, Encoding.ASCII.GetBytes($"2026-01-01T00:00:00Z {new string((char)('a' + i), 1000)}{(i == 3 ? "\n" : "")}")));

        var lines = Read(wire.ToArray(), [333], tty: false, maxLineBytes: 1500);

        Assert.Equal([1500, 1500, 1000], lines.Select(line => line.Text.Length));
        Assert.Equal([true, true, false], lines.Select(line => line.IsPartial));
        Assert.Equal(4, string.Concat(lines.Select(line => line.Text)).Distinct().Count());
    }

    [Theory]
    [InlineData("no time here")]
    [InlineData("2026-13-01T00:00:00Z month 13\n")]
    [InlineData("nospaceatallnospaceatallnospaceatallnospaceatall")]
    public void Lines_WithoutTime_AreAProtocolFault(string entry) =>
        Assert.Throws<EngineProtocolException>(() =>
            Read(Streams.MultiplexedStreamTests.Frame(Target.StandardOut, Encoding.ASCII.GetBytes(entry)), [3], tty: false));

    /// <summary>A line as the engine logs it: cut into entries, each with the time of the first.</summary>
    internal static IEnumerable<byte[]> Entries((bool Stderr, int Length, char Letter) line, int second, bool terminal)
    {
        var stamp = Stamp(second);
        var text = Encoding.ASCII.GetBytes(new string(line.Letter, line.Length) + (terminal ? "\r" : ""));
        var at = 0;
        for (; text.Length - at >= EntryBytes; at += EntryBytes) yield return [.. stamp, .. text[at..(at + EntryBytes)]];
        yield return [.. stamp, .. text[at..], 10];
    }

    private static byte[] Join(IEnumerable<byte[]> parts)
    {
        var joined = new MemoryStream();
        foreach (var part in parts) joined.Write(part);
        return joined.ToArray();
    }

    internal static byte[] Stamp(int second) =>
        Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"2026-01-01T{second / 3600 % 24:D2}:{second / 60 % 60:D2}:{second % 60:D2}.123456789Z "));

    private static void Check(
        (bool Stderr, int Length, char Letter)[] expected, List<LogLine> actual, Func<(bool Stderr, int Length, char Letter), bool> isStderr)
    {
        Assert.All(actual, line => Assert.Equal((123456789, false), (line.Time.Nanoseconds, line.IsPartial)));
        Assert.Equal(
            expected.Select(line => (isStderr(line) ? Target.StandardError : Target.StandardOut, new string(line.Letter, line.Length))),
            actual.Select(line => (line.Stream, line.Text)));
    }

    private static List<LogLine> Read(byte[] wire, int[] cuts, bool tty, int maxLineBytes = ContainerLogReader.DefaultMaxLineBytes)
    {
        var reader = new ContainerLogReader(new MultiplexedStream(new SplittingStream(wire, cuts), !tty), tty, default, maxLineBytes);
        return reader.ReadLinesAsync(default).ToBlockingEnumerable().ToList();
    }
}
