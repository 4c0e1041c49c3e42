using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace ProviderAgent.Hosting.Systemd;

/// <summary>Log lines for the journal: the priority in front of every line, no time stamp, since the journal has its own.</summary>
internal sealed class JournalFormatter() : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "journal";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var priority = logEntry.LogLevel switch
        {
            LogLevel.Critical => "<2>",
            LogLevel.Error => "<3>",
            LogLevel.Warning => "<4>",
            LogLevel.Information => "<6>",
            _ => "<7>",
        };
        var text = LogText.Of(in logEntry);
        foreach (var line in text.Split('\n')) textWriter.Write(string.Create(CultureInfo.InvariantCulture, $"{priority}{line.TrimEnd('\r')}\n"));
    }
}

/// <summary>Log lines for a terminal or a plain file: wall time, level, room, message.</summary>
internal sealed class PlainFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "plain";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var level = logEntry.LogLevel switch
        {
            LogLevel.Critical => "CRIT ",
            LogLevel.Error => "ERROR",
            LogLevel.Warning => "WARN ",
            LogLevel.Information => "info ",
            _ => "debug",
        };
        textWriter.Write(string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():HH:mm:ss.fff} {level} {LogText.Of(in logEntry)}\n"));
    }
}

internal static class LogText
{
    /// <summary>Room, event id, message and the error's own words; the stack only where a person has to look into it.</summary>
    public static string Of<TState>(in LogEntry<TState> entry)
    {
        var room = entry.Category.StartsWith("ProviderAgent.", StringComparison.Ordinal) ? entry.Category.Split('.')[1] : entry.Category;
        var message = OneLine(entry.Formatter(entry.State, entry.Exception));
        var text = entry.EventId.Id == 0 ? $"{room}: {message}" : string.Create(CultureInfo.InvariantCulture, $"{room}[{entry.EventId.Id}]: {message}");
        if (entry.Exception is null) return text;
        return entry.LogLevel >= LogLevel.Error ? $"{text}\n{entry.Exception}" : $"{text} ({OneLine(entry.Exception.Message)})";
    }

    // Parts of a message can come from tenants or nodes: they must not be able to forge a line of their own.
    private static string OneLine(string text) =>
        string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsControl(source[i]) ? ' ' : source[i];
        });
}
