using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ProviderAgent.TestKit;

/// <summary>Stands between a client and a server and does on command what networks and crashes do: holds a request or its answer, cuts, refuses.</summary>
/// <remarks>Passes bytes on without understanding them; a request is recognised by a piece of its text. Holding is by connection.</remarks>
public sealed class FaultProxy : IAsyncDisposable
{
    private const int ChunkBytes = 64 * 1024;

    private readonly Socket _listener;
    private readonly EndPoint _server;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<Socket, byte> _sockets = [];
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly string? _socketPath;
    private readonly Task _accepting;
    private Trap? _trap;
    private volatile bool _refuse;

    private FaultProxy(Socket listener, EndPoint server, string? socketPath)
    {
        (_listener, _server, _socketPath) = (listener, server, socketPath);
        _listener.Listen(64);
        _accepting = AcceptAsync();
    }

    /// <summary>Port on 127.0.0.1; only for a proxy that listens on one.</summary>
    public int Port => ((IPEndPoint)(_listener.LocalEndPoint ?? throw new InvalidOperationException("the proxy is closed"))).Port;

    /// <summary>Cuts each new connection at once. Old ones stay; see <see cref="CutAll"/>.</summary>
    public bool Refuse
    {
        get => _refuse;
        set => _refuse = value;
    }

    /// <summary>Listens on a free port of 127.0.0.1.</summary>
    public static FaultProxy ToTcp(Uri server)
    {
        ArgumentNullException.ThrowIfNull(server);
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new(listener, new IPEndPoint(IPAddress.Loopback, server.Port), null);
    }

    /// <summary>Listens on a unix socket in front of another one.</summary>
    public static FaultProxy ToUnix(string listenPath, string serverPath)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(listenPath));
        return new(listener, new UnixDomainSocketEndPoint(serverPath), listenPath);
    }

    /// <summary>The next request that contains the text does not arrive. The task ends when one is caught.</summary>
    public Task HoldRequest(string text) => SetTrap(new(Encoding.ASCII.GetBytes(text), HoldsAnswer: false));

    /// <summary>The next request that contains the text arrives and is carried out, but nothing of its answer comes back. The task ends when it was passed on.</summary>
    public Task HoldAnswer(string text) => SetTrap(new(Encoding.ASCII.GetBytes(text), HoldsAnswer: true));

    /// <summary>Ends the holding; what is held is lost with its connection.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _trap?.Released.TrySetResult();
            _trap = null;
        }
    }

    /// <summary>Ends every connection at once, without a word.</summary>
    public void CutAll()
    {
        foreach (var socket in _sockets.Keys) socket.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        Release();
        _listener.Dispose();
        CutAll();
        await _accepting;
        await Task.WhenAll(_connections);
        if (_socketPath is not null) File.Delete(_socketPath);
    }

    private Task SetTrap(Trap trap)
    {
        lock (_gate) _trap = trap;
        return trap.Caught.Task;
    }

    private Trap? TrapFor(ReadOnlySpan<byte> sent)
    {
        lock (_gate) return _trap is { Caught.Task.IsCompleted: false } trap && sent.IndexOf(trap.Text) >= 0 ? trap : null;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync();
                if (_refuse) client.Dispose();
                else _connections.Add(ServeAsync(client));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(_server.AddressFamily, SocketType.Stream, _server is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        _sockets.TryAdd(client, 0);
        _sockets.TryAdd(server, 0);
        try
        {
            await server.ConnectAsync(_server);
            var held = new TaskCompletionSource<Trap>();
            var answers = AnswersAsync(server, client, held.Task);
            await RequestsAsync(client, server, held);
            await answers;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One side is gone: so is the connection.
        }
        finally
        {
            client.Dispose();
            server.Dispose();
            _sockets.TryRemove(client, out _);
            _sockets.TryRemove(server, out _);
        }
    }

    private async Task RequestsAsync(Socket client, Socket server, TaskCompletionSource<Trap> held)
    {
        var chunk = new byte[ChunkBytes];
        while (await client.ReceiveAsync(chunk) is > 0 and var count)
        {
            if (TrapFor(chunk.AsSpan(0, count)) is { } trap)
            {
                if (trap.HoldsAnswer)
                {
                    held.TrySetResult(trap);
                    await SendAsync(server, chunk.AsMemory(0, count));
                }

                trap.Caught.TrySetResult();
                await trap.Released.Task;
                throw new SocketException((int)SocketError.ConnectionReset);
            }

            await SendAsync(server, chunk.AsMemory(0, count));
        }

        server.Shutdown(SocketShutdown.Send);
    }

    private static async Task AnswersAsync(Socket server, Socket client, Task<Trap> held)
    {
        try
        {
            var chunk = new byte[ChunkBytes];
            while (await server.ReceiveAsync(chunk) is > 0 and var count)
            {
                if (held.IsCompleted) return; // carried out, and nobody is told
                await SendAsync(client, chunk.AsMemory(0, count));
            }

            client.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            client.Dispose();
        }
    }

    private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0) bytes = bytes[await to.SendAsync(bytes)..];
    }

    private sealed record Trap(byte[] Text, bool HoldsAnswer)
    {
        public TaskCompletionSource Caught { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Released { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
