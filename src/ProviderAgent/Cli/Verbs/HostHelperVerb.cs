using System.CommandLine;
using System.Globalization;
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
        var user = new Option<string>("--user") { Description = "The daemon's user: besides root only it may ask", HelpName = "NAME", DefaultValueFactory = _ => "provider-agent" };
        var disks = new Option<string?>("--disks") { Description = "Serve the acts on tenants' disks, in files below this folder, instead of those on the network", HelpName = "FOLDER" };
        var engine = new Option<string>("--engine-data") { Description = "The engine's data folder", HelpName = "FOLDER", DefaultValueFactory = _ => "/var/lib/docker" };
        var verb = new Command("host-helper", "Serve the few privileged acts that the daemon needs; started by its own systemd units") { path, user, disks, engine };
        verb.SetAction(async (parsed, ct) =>
        {
            using var loggers = LoggerFactory.Create(logging => logging.AddAgentLogging(LogLevel.Information));
            var folder = parsed.GetValue(disks);
            var unit = folder is null ? HostHelperClient.NetworkUnit : HostHelperClient.DiskUnit;
            using var listener = parsed.GetValue(path) is { } file ? UnitSocket.Bind(file) : UnitSocket.Passed($"{unit}.socket");
            var time = TimeProvider.System;
            using var guard = new GuardVerb(new(time), time);
            using var counts = new GuardCountsVerb(new(time), time);
            // The folder comes from the unit's command line and from nowhere else: whoever talks to the socket names disks, never paths.
            using var host = new HostDisks(folder ?? WorkloadVolumeOptions.DefaultFolder, () => parsed.GetValue(engine), time);
            IReadOnlyList<IHostHelperVerb> verbs = folder is null ? [guard, counts, new PortsVerb(time)] : DiskVerbs.All(host);
            var server = new HostHelperServer(verbs, Callers(parsed.GetValue(user) ?? ""), time, loggers.CreateLogger<HostHelperServer>());
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

    /// <summary>The user's id. Without such a user only root may ask, as on a host where the daemon runs as root.</summary>
    private static uint[] Callers(string name) => uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? [id] : SystemUsers.FindId(name) is { } found ? [found] : [];
}
