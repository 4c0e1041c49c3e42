using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ProviderAgent.TestKit;

/// <summary>Stands between a client and a server and does on command what networks and crashes do: holds requests or their answers, cuts, refuses, swallows, falsifies.</summary>
/// <remarks>Passes bytes on without understanding them; a request is recognised by a piece of its text. Holding is by connection, which carries one request at a time.</remarks>
public sealed class FaultProxy : IAsyncDisposable
{
    private const int ChunkBytes = 64 * 1024;

    private readonly Socket _listener;
    private readonly EndPoint _server;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<Connection, byte> _open = [];
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly string? _socketPath;
    private readonly Task _accepting;
    private readonly List<Trap> _traps = []; // the latest catches, the others keep what they hold
    private byte[]? _silenced;
    private (byte[] Near, byte[] Far)? _translation;
    private volatile bool _refuse;
    private int _held;

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

    /// <summary>Requests that are held now, themselves or their answers.</summary>
    public int Held => Volatile.Read(ref _held);

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

    /// <summary>As <see cref="HoldRequest"/>, for every such request until <see cref="Release"/>. The task ends when the first is caught.</summary>
    public Task HoldEveryRequest(string text) => SetTrap(new(Encoding.ASCII.GetBytes(text), HoldsAnswer: false) { IsLasting = true });

    /// <summary>As <see cref="HoldAnswer"/>, for every such request until <see cref="Release"/>. The task ends when the first was passed on.</summary>
    public Task HoldEveryAnswer(string text) => SetTrap(new(Encoding.ASCII.GetBytes(text), HoldsAnswer: true) { IsLasting = true });

    /// <summary>Of the answers to requests that contain the text nothing comes through but their beginning: a stream opens and never says anything. Null ends it for new ones.</summary>
    public void Silence(string? text)
    {
        lock (_gate) _silenced = text is null ? null : Encoding.ASCII.GetBytes(text);
    }

    /// <summary>Says one thing to the client where the server says another of the same length, and the other way round. Null ends it.</summary>
    public void Translate(string? near, string far = "")
    {
        if (near is not null && near.Length != far.Length) throw new ArgumentException("the lengths must be equal: nothing else may change", nameof(far));
        lock (_gate) _translation = near is null ? null : (Encoding.ASCII.GetBytes(near), Encoding.ASCII.GetBytes(far));
    }

    /// <summary>Ends the holding; what is held is lost with its connection.</summary>
    public void Release()
    {
        lock (_gate)
        {
            foreach (var trap in _traps) trap.Released.TrySetResult();
            _traps.Clear();
        }
    }

    /// <summary>Ends every connection at once, without a word.</summary>
    public void CutAll()
    {
        foreach (var connection in _open.Keys) connection.Dispose();
    }

    /// <summary>Ends the connections whose latest request contains the text.</summary>
    /// <returns>How many there were.</returns>
    public int Cut(string text)
    {
        var cut = _open.Keys.Where(connection => connection.Asked(Encoding.ASCII.GetBytes(text))).ToArray();
        foreach (var connection in cut) connection.Dispose();
        return cut.Length;
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
        lock (_gate) _traps.Add(trap);
        return trap.Caught.Task;
    }

    private Trap? TrapFor(ReadOnlySpan<byte> sent)
    {
        lock (_gate) return _traps.LastOrDefault() is { } trap && (trap.IsLasting || !trap.Caught.Task.IsCompleted) && sent.IndexOf(trap.Text) >= 0 ? trap : null;
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
        using var connection = new Connection(client, new(_server.AddressFamily, SocketType.Stream, _server is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified));
        _open.TryAdd(connection, 0);
        try
        {
            await connection.Server.ConnectAsync(_server);
            var held = new TaskCompletionSource<Trap>();
            var answers = AnswersAsync(connection, held.Task);
            await RequestsAsync(connection, held);
            await answers;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One side is gone: so is the connection.
        }
        finally
        {
            _open.TryRemove(connection, out _);
        }
    }

    private async Task RequestsAsync(Connection connection, TaskCompletionSource<Trap> held)
    {
        var chunk = new byte[ChunkBytes];
        while (await connection.Client.ReceiveAsync(chunk) is > 0 and var count)
        {
            connection.Ask(chunk.AsSpan(0, count));
            if (TrapFor(chunk.AsSpan(0, count)) is { } trap)
            {
                if (trap.HoldsAnswer)
                {
                    held.TrySetResult(trap);
                    await SendAsync(connection.Server, chunk.AsMemory(0, count));
                }

                Interlocked.Increment(ref _held);
                trap.Caught.TrySetResult();
                await trap.Released.Task;
                Interlocked.Decrement(ref _held);
                throw new SocketException((int)SocketError.ConnectionReset);
            }

            await SendAsync(connection.Server, Translated(chunk.AsMemory(0, count), isAnswer: false));
        }

        connection.Server.Shutdown(SocketShutdown.Send);
    }

    private async Task AnswersAsync(Connection connection, Task<Trap> held)
    {
        try
        {
            var chunk = new byte[ChunkBytes];
            while (await connection.Server.ReceiveAsync(chunk) is > 0 and var count)
            {
                if (held.IsCompleted) return; // carried out, and nobody is told
                if (connection.HasAnswerBegun && IsSilenced(connection)) continue;
                connection.HasAnswerBegun = true;
                await SendAsync(connection.Client, Translated(chunk.AsMemory(0, count), isAnswer: true));
            }

            connection.Client.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            connection.Client.Dispose();
        }
    }

    private bool IsSilenced(Connection connection)
    {
        lock (_gate) return _silenced is { } text && connection.Asked(text);
    }

    private Memory<byte> Translated(Memory<byte> text, bool isAnswer)
    {
        lock (_gate)
        {
            if (_translation is not { } translation) return text;
            var (from, to) = isAnswer ? (translation.Far, translation.Near) : translation;
            if (text.Span.IndexOf(from) is >= 0 and var at) to.CopyTo(text.Span[at..]);
            return text;
        }
    }

    private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0) bytes = bytes[await to.SendAsync(bytes)..];
    }

    private sealed record Trap(byte[] Text, bool HoldsAnswer)
    {
        /// <summary>Not only the first such request.</summary>
        public bool IsLasting { get; init; }

        public TaskCompletionSource Caught { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Released { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Connection(Socket client, Socket server) : IDisposable
    {
        private byte[] _asked = [];

        public Socket Client => client;

        public Socket Server => server;

        /// <summary>Something of the answer to the latest request has come through.</summary>
        public volatile bool HasAnswerBegun;

        public void Ask(ReadOnlySpan<byte> request)
        {
            Volatile.Write(ref _asked, request.ToArray());
            HasAnswerBegun = false;
        }

        public bool Asked(byte[] text) => Volatile.Read(ref _asked).AsSpan().IndexOf(text) >= 0;

        public void Dispose()
        {
            client.Dispose();
            server.Dispose();
        }
    }
}
