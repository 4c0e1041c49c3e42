using System.Net.Sockets;
using System.Text;

namespace ProviderAgent.ProviderAgent.Tests.Support;

/// <summary>The service manager's end of the notification socket.</summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly byte[] _buffer = new byte[4096];

    /// <param name="name">As in NOTIFY_SOCKET: a path, or a name after '@'.</param>
    public NotifySocket(string name) => _socket.Bind(new UnixDomainSocketEndPoint(name[0] == '@' ? "\0" + name[1..] : name));

    /// <summary>Nothing waits to be read.</summary>
    public bool IsEmpty => _socket.Available == 0;

    /// <summary>The next message.</summary>
    public async Task<string> ReceiveAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        return Encoding.UTF8.GetString(_buffer, 0, await _socket.ReceiveAsync(_buffer, limit.Token));
    }

    public void Dispose() => _socket.Dispose();
}
