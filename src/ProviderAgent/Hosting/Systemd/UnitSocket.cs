using System.Globalization;
using System.Net.Sockets;

namespace ProviderAgent.Hosting.Systemd;

/// <summary>The socket that a small service of this program listens on: one of its own, or the one that its socket unit hands over.</summary>
internal static class UnitSocket
{
    // The first descriptor that a socket unit hands over.
    private const int FirstPassedDescriptor = 3;

    /// <summary>Listens on a path, for this user and the file's group. What lies there is replaced.</summary>
    public static Socket Bind(string file)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            File.Delete(file);
            socket.Bind(new UnixDomainSocketEndPoint(file));

            // Before it listens, so that nobody connects while the mode is still what the umask made of it.
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
            socket.Listen();
            return socket;
        }
        catch (Exception error) when (error is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            socket.Dispose();
            throw new ExitException(ExitCode.Configuration, $"{file} cannot be listened on: {error.Message}", error);
        }
    }

    /// <summary>The socket that systemd hands over.</summary>
    /// <exception cref="ExitException">There is none.</exception>
    public static Socket Passed(string unit)
    {
        var count = Environment.GetEnvironmentVariable("LISTEN_FDS");
        if (count != "1" || Environment.GetEnvironmentVariable("LISTEN_PID") != Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
            throw new ExitException(ExitCode.Usage, $"no socket was handed over: start the unit {unit}, or give --socket FILE");
        // Programs that we start must not take it for theirs.
        foreach (var name in new[] { "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES" }) Environment.SetEnvironmentVariable(name, null);
        return new Socket(new SafeSocketHandle(FirstPassedDescriptor, ownsHandle: true));
    }
}
