using System.Net;
using System.Net.Sockets;

namespace ProviderAgent.TestKit;

/// <summary>Loopback ports that nobody listens on, for processes that cannot be told to pick one themselves.</summary>
public static class FreePort
{
    // Below the range from which the kernel takes ports by itself (32768 and up), so that nobody gets one of these by asking for any.
    private const int First = 10_000;
    private const int Count = 9_000;

    // The one piece of state that all tests of a process share: no port is handed out twice. Processes begin at different places.
    private static int Last = Environment.ProcessId * 61 % Count;

    /// <exception cref="InvalidOperationException">All of them are taken.</exception>
    public static int Next()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref Last) % Count);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // taken
            }
        }

        throw new InvalidOperationException($"every port from {First} to {First + Count - 1} is taken");
    }
}
