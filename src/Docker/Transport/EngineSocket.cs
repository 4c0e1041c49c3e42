using System.Net.Security;
using System.Net.Sockets;

namespace ProviderAgent.Docker;

/// <summary>One connection to the engine. For a hijacked call it outlives the HTTP exchange, which only borrows the stream.</summary>
internal sealed class EngineSocket(Socket socket, Stream stream)
{
    /// <summary>Reads and writes may go on at the same time, one of each.</summary>
    public Stream Stream { get; } = stream;

    /// <summary>Tells the other side that nothing more will be written; it may go on sending.</summary>
    public async ValueTask CloseWriteAsync()
    {
        if (Stream is SslStream tls) await tls.ShutdownAsync().ConfigureAwait(false);
        else socket.Shutdown(SocketShutdown.Send);
    }
}
