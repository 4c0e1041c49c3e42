using System.CommandLine;
using ProviderAgent.Config;
using ProviderAgent.Hosting;

namespace ProviderAgent.Cli.Verbs;

/// <summary><c>run</c>: the daemon.</summary>
internal sealed class RunVerb(ConfigLoader loader) : IVerb
{
    public Command Create(CliContext context)
    {
        var verbose = new Option<bool>("--verbose") { Description = "Log every detail" };
        var verb = new Command("run", "Run the daemon until it is told to stop") { verbose };
        verb.SetAction(async (parsed, ct) =>
        {
            var sources = context.Sources(parsed);
            var options = loader.Load(sources);
            using var host = AgentHost.Build(options, sources, parsed.GetValue(verbose) ? LogLevel.Debug : LogLevel.Information);
            await AgentHost.RunAsync(host, ct);
            return (int)ExitCode.Done;
        });
        return verb;
    }
}
