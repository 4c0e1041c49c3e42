using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using ProviderAgent.Hosting.Systemd;

namespace ProviderAgent.ProviderAgent.Tests.Hosting;

public sealed class LogFormatterTests
{
    [Theory]
    [InlineData(LogLevel.Critical, "<2>")]
    [InlineData(LogLevel.Error, "<3>")]
    [InlineData(LogLevel.Warning, "<4>")]
    [InlineData(LogLevel.Information, "<6>")]
    [InlineData(LogLevel.Debug, "<7>")]
    [InlineData(LogLevel.Trace, "<7>")]
    public void Journal_Level_BecomesThePriority(LogLevel level, string priority) =>
        Assert.Equal($"{priority}Chain[1010]: hello\n", Write(new JournalFormatter(), level, "hello"));

    [Fact]
    public void Journal_ErrorWithAStack_HasThePriorityOnEveryLine()
    {
        var text = Write(new JournalFormatter(), LogLevel.Error, "failed", Thrown("cause\nsecond line"));

        Assert.True(text.Count(c => c == '\n') > 3);
        Assert.All(text.TrimEnd('\n').Split('\n'), line => Assert.StartsWith("<3>", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Journal_WarningWithAnException_StaysOneLine() =>
        Assert.Equal("<4>Chain[1010]: away (cause second line)\n", Write(new JournalFormatter(), LogLevel.Warning, "away", Thrown("cause\nsecond line")));

    [Theory]
    [InlineData("a\n<2>forged")]
    [InlineData("a\r<2>forged")]
    [InlineData("a\u001b[2J<2>forged")]
    public void Journal_ControlCharactersInAMessage_CannotForgeALine(string message)
    {
        var text = Write(new JournalFormatter(), LogLevel.Information, message);

        Assert.Equal(1, text.Count(c => c == '\n'));
        Assert.StartsWith("<6>Chain[1010]: a", text, StringComparison.Ordinal);
        Assert.DoesNotContain(text.TrimEnd('\n'), char.IsControl);
    }

    [Fact]
    public void Plain_Line_HasTimeLevelRoomAndMessage()
    {
        var time = new ManualTimeProvider(new(2026, 3, 4, 5, 6, 7, 89, TimeSpan.Zero));

        Assert.Equal("05:06:07.089 WARN  Chain[1010]: away (cause)\n", Write(new PlainFormatter(time), LogLevel.Warning, "away", Thrown("cause")));
    }

    [Theory]
    [InlineData(LogLevel.Critical, "CRIT ")]
    [InlineData(LogLevel.Error, "ERROR")]
    [InlineData(LogLevel.Information, "info ")]
    [InlineData(LogLevel.Debug, "debug")]
    public void Plain_Level_HasAFixedWidth(LogLevel level, string shown) =>
        Assert.Equal($"00:00:00.000 {shown} Chain[1010]: hello\n", Write(new PlainFormatter(new ManualTimeProvider()), level, "hello"));

    [Fact]
    public void Room_OfAnotherLibraryWithoutEventId_IsItsCategory() =>
        Assert.Equal("<6>Microsoft.Hosting: hello\n", Write(new JournalFormatter(), LogLevel.Information, "hello", category: "Microsoft.Hosting", eventId: 0));

    private static string Write(ConsoleFormatter sut, LogLevel level, string message, Exception? error = null, string category = "ProviderAgent.Chain.Following.HeadWatcher", int eventId = 1010)
    {
        using var output = new StringWriter();
        var entry = new LogEntry<string>(level, category, eventId, message, error, (state, _) => state);
        sut.Write(in entry, null, output);
        return output.ToString();
    }

    private static InvalidOperationException Thrown(string message)
    {
        try
        {
            throw new InvalidOperationException(message);
        }
        catch (InvalidOperationException error)
        {
            return error;
        }
    }
}
