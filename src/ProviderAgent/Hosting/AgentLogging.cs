using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;
using ProviderAgent.Hosting.Systemd;

namespace ProviderAgent.Hosting;

/// <summary>Where log lines go: to the journal with priorities when the service manager started us, else plainly to standard error.</summary>
internal static class AgentLogging
{
    public static ILoggingBuilder AddAgentLogging(this ILoggingBuilder logging, LogLevel least)
    {
        logging.ClearProviders();
        logging.Services.TryAddSingleton(TimeProvider.System);
        var journal = Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 };
        logging.AddConsole(console =>
        {
            console.FormatterName = journal ? JournalFormatter.FormatterName : PlainFormatter.FormatterName;
            console.LogToStandardErrorThreshold = LogLevel.Trace;
        });
        logging.Services.AddSingleton<ConsoleFormatter, JournalFormatter>().AddSingleton<ConsoleFormatter, PlainFormatter>();
        logging.SetMinimumLevel(least);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("System", LogLevel.Warning);
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None); // why a start or a loop failed is said once, at the end, in our words
        logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None); // who asks for the state is told it; a scrape is no event
        return logging;
    }
}
