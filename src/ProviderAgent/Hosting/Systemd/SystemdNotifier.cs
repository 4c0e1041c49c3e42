using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace ProviderAgent.Hosting.Systemd;

/// <summary>Tells the service manager how the daemon is doing (sd_notify). Does nothing when no service manager asked.</summary>
/// <remarks>Stands in for Microsoft.Extensions.Hosting.Systemd; see docs/adr/0006-systemd-notifier.md.</remarks>
internal sealed class SystemdNotifier : IDisposable
{
    private readonly Socket? _socket;

    public SystemdNotifier()
    {
        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is not { Length: > 1 } path || path[0] is not ('/' or '@')) return;
        _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        _socket.Connect(new UnixDomainSocketEndPoint(path[0] == '@' ? "\0" + path[1..] : path)); // '@' marks an abstract socket
        WatchdogInterval = ReadWatchdog();
        // Children must not speak for us.
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", null);
    }

    /// <summary>The manager restarts the daemon when it hears no <see cref="Watchdog"/> for this long; null when it does not watch.</summary>
    public TimeSpan? WatchdogInterval { get; }

    public void Ready(string status) => Send($"READY=1\nSTATUS={OneLine(status)}\nMAINPID={Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}");

    public void Status(string status) => Send($"STATUS={OneLine(status)}");

    public void Watchdog() => Send("WATCHDOG=1");

    /// <param name="monotonicNow">The system's monotonic clock.</param>
    public void Reloading(TimeSpan monotonicNow) => Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={(long)monotonicNow.TotalMicroseconds}"));

    public void Stopping() => Send("STOPPING=1");

    public void Dispose() => _socket?.Dispose();

    private static TimeSpan? ReadWatchdog()
    {
        var meant = Environment.GetEnvironmentVariable("WATCHDOG_PID");
        if (meant is not null && meant != Environment.ProcessId.ToString(CultureInfo.InvariantCulture)) return null;
        return long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0
            ? TimeSpan.FromMicroseconds(microseconds)
            : null;
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private void Send(string state)
    {
        try
        {
            _socket?.Send(Encoding.UTF8.GetBytes(state));
        }
        catch (SocketException)
        {
            // The manager went away or its queue is full; the next message tells the same.
        }
    }
}
