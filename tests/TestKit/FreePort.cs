using System.Net;
using System.Net.Sockets;

namespace ProviderAgent.TestKit;

/// <summary>Loopback ports that nobody listens on at the moment.</summary>
public static class FreePort
{
    /// <summary>A TCP port for a process that cannot be told to pick one itself. Somebody else could still take it in between.</summary>
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
