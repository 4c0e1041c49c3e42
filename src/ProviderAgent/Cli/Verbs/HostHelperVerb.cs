using System.CommandLine;
using ProviderAgent.Hosting;
using ProviderAgent.Hosting.Systemd;
using ProviderAgent.Workloads;

namespace ProviderAgent.Cli.Verbs;

/// <summary><c>host-helper</c>: the process with rights over the host, for a daemon that has none.</summary>
internal sealed class HostHelperVerb : IVerb
{
    public Command Create(CliContext context)
    {
        var path = new Option<string?>("--socket") { Description = "Listen on this path instead of on the socket that systemd hands over", HelpName = "FILE" };
        var verb = new Command("host-helper", "Serve the few privileged acts that the daemon needs; started by its own systemd unit") { path };
        verb.SetAction(async (parsed, ct) =>
        {
            using var loggers = LoggerFactory.Create(logging => logging.AddAgentLogging(LogLevel.Information));
            using var listener = parsed.GetValue(path) is { } file ? UnitSocket.Bind(file) : UnitSocket.Passed("provider-agent-helper.socket");
            using var guard = new GuardVerb(new(TimeProvider.System), TimeProvider.System);
            var server = new HostHelperServer([guard], TimeProvider.System, loggers.CreateLogger<HostHelperServer>());
            try
            {
                await server.RunAsync(listener, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                // told to stop
            }

            return (int)ExitCode.Done;
        });
        return verb;
    }
}
