using System.CommandLine;
using System.Globalization;
using System.Net.Sockets;
using ProviderAgent.Hosting;
using ProviderAgent.Workloads;

namespace ProviderAgent.Cli.Verbs;

/// <summary><c>host-helper</c>: the process that may change the firewall, for a daemon that may not.</summary>
internal sealed class HostHelperVerb : IVerb
{
    // The first descriptor that a socket unit hands over.
    private const int FirstPassedDescriptor = 3;

    public Command Create(CliContext context)
    {
        var path = new Option<string?>("--socket") { Description = "Listen on this path instead of on the socket that systemd hands over", HelpName = "FILE" };
        var verb = new Command("host-helper", "Serve the few privileged acts that the daemon needs; started by its own systemd unit") { path };
        verb.SetAction(async (parsed, ct) =>
        {
            using var loggers = LoggerFactory.Create(logging => logging.AddAgentLogging(LogLevel.Information));
            using var listener = parsed.GetValue(path) is { } file ? Bind(file) : Passed();
            var server = new HostHelperServer(new NftCommand(TimeProvider.System), TimeProvider.System, loggers.CreateLogger<HostHelperServer>());
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

    private static Socket Bind(string file)
    {
        File.Delete(file);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(file));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
        socket.Listen();
        return socket;
    }

    private static Socket Passed()
    {
        var count = Environment.GetEnvironmentVariable("LISTEN_FDS");
        if (count != "1" || Environment.GetEnvironmentVariable("LISTEN_PID") != Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
            throw new ExitException(ExitCode.Usage, "no socket was handed over: start the unit provider-agent-helper.socket, or give --socket FILE");
        // Programs that we start must not take it for theirs.
        foreach (var name in new[] { "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES" }) Environment.SetEnvironmentVariable(name, null);
        return new Socket(new SafeSocketHandle(FirstPassedDescriptor, ownsHandle: true));
    }
}
