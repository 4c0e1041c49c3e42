using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ProviderAgent.TestKit;

/// <summary>Loopback ports that nobody listens on, for processes that cannot be told to pick one themselves.</summary>
public static class FreePort
{
    // Below the range from which the kernel takes ports by itself (32768 and up), so that nobody gets one of these by asking for any.
    private const int First = 10_000;
    private const int Blocks = 90;
    private const int BlockSize = 100;

    // The one piece of state that all tests of a process share: no port is handed out twice. Several processes test at the same time, and a port
    // on which nobody listens yet looks free to each, so every process has blocks of its own, for as long as it holds their files.
    private static readonly Lock Gate = new();
    private static readonly List<FileStream> Claims = [];
    private static int Upcoming;
    private static int End;

    /// <exception cref="InvalidOperationException">All of them are taken.</exception>
    public static int Next()
    {
        lock (Gate)
        {
            while (true)
            {
                if (Upcoming == End) ClaimBlock();
                var port = Upcoming++;
                if (IsFree(port)) return port;
            }
        }
    }

    private static void ClaimBlock()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "provider-agent-test-ports")).FullName;
        for (var tries = 0; tries < Blocks; tries++)
        {
            var block = (Environment.ProcessId + tries) % Blocks;
            try
            {
                Claims.Add(new(Path.Combine(folder, block.ToString(CultureInfo.InvariantCulture)), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
                (Upcoming, End) = (First + (block * BlockSize), First + ((block + 1) * BlockSize));
                return;
            }
            catch (IOException)
            {
                // Another process has it, or this one had it before.
            }
        }

        throw new InvalidOperationException($"every port from {First} to {First + (Blocks * BlockSize) - 1} is taken");
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
