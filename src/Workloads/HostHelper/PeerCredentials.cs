using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ProviderAgent.Workloads;

/// <summary>Who is at the other end of a unix socket, by the kernel's word.</summary>
internal static class PeerCredentials
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;

    /// <summary>The user that made the connection.</summary>
    /// <exception cref="SocketException">The kernel does not say.</exception>
    public static uint UserOf(Socket connection)
    {
        // struct ucred: pid, uid, gid, each of 32 bits
        Span<byte> credentials = stackalloc byte[12];
        connection.GetRawSocketOption(SolSocket, SoPeerCred, credentials);
        return MemoryMarshal.Read<uint>(credentials[4..]);
    }
}
