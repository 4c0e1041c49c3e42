using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace ProviderAgent.Docker;

/// <summary>Makes connections to the engine and says in plain words why one did not come about.</summary>
internal sealed class EngineDialer(EngineEndpoint endpoint, Credentials credentials, TimeSpan limit, TimeProvider time)
{
    private const string Tls = "check the authority, certificate and key of this client and the names in the engine's certificate";

    /// <exception cref="EngineUnavailableException">Nobody listens, the handshake failed, or the deadline passed.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async ValueTask<EngineSocket> DialAsync(CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(time, limit, cancellationToken);
        var socket = endpoint.SocketPath is null
            ? new Socket(SocketType.Stream, ProtocolType.Tcp)
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            return await ConnectAsync(socket, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            socket.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw Explain(e, deadline);
        }
    }

    private async Task<EngineSocket> ConnectAsync(Socket socket, CancellationToken cancellationToken)
    {
        if (endpoint.SocketPath is { } path)
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            return new EngineSocket(socket, new NetworkStream(socket, ownsSocket: true));
        }

        socket.NoDelay = true;
        KeepAlive(socket);
        await socket.ConnectAsync(endpoint.Host, endpoint.Port, cancellationToken).ConfigureAwait(false);
        var plain = new NetworkStream(socket, ownsSocket: true);
        if (!endpoint.UseTls) return new EngineSocket(socket, plain);

        var tls = new SslStream(plain, leaveInnerStreamOpen: false);
        await tls.AuthenticateAsClientAsync(credentials.TlsOptions(endpoint.Host), cancellationToken).ConfigureAwait(false);
        return new EngineSocket(socket, tls);
    }

    /// <summary>An event stream may be silent for hours: without probes the loss of a remote engine's host would never show.</summary>
    private static void KeepAlive(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
    }

    private EngineUnavailableException Explain(Exception e, Deadline deadline)
    {
        if (deadline.Passed) return Unreachable($"it did not accept a connection within {deadline.Limit.TotalSeconds:0.#} s; is the machine overloaded?", e);
        return e switch
        {
            AuthenticationException =>
                new(endpoint.Text, EngineUnavailableReason.TlsRejected, $"the TLS handshake failed ({e.Message.TrimEnd('.')}); {Tls}", e),
            IOException when endpoint.UseTls => new(endpoint.Text, EngineUnavailableReason.TlsRejected, $"it broke off the TLS handshake; {Tls}", e),
            SocketException socket => Unreachable(Advice(socket), e),
            _ => Unreachable(e.Message.TrimEnd('.'), e),
        };
    }

    private string Advice(SocketException e) => (e.SocketErrorCode, endpoint.SocketPath) switch
    {
        // A missing socket file arrives as AddressNotAvailable on Linux.
        (SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported, not null) when !File.Exists(endpoint.SocketPath)
            => "the socket does not exist; start the engine (systemctl start docker) or correct its address in the configuration",
        (SocketError.ConnectionRefused, not null) =>
            "the socket is there but nobody listens on it; the engine has stopped or crashed (systemctl status docker)",
        (SocketError.AccessDenied, not null) => "permission denied; add the user of this process to the group that owns the socket (usually docker)",
        (SocketError.ConnectionRefused, null) => "the connection was refused; is the engine running and listening on this port?",
        (SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain, null) => $"the host name '{endpoint.Host}' cannot be resolved",
        _ => $"{e.Message} ({e.SocketErrorCode})",
    };

    private EngineUnavailableException Unreachable(string detail, Exception cause) =>
        new(endpoint.Text, EngineUnavailableReason.NotReachable, detail, cause);
}
