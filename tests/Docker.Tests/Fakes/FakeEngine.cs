using System.Collections.Concurrent;
using System.Net.Sockets;

namespace ProviderAgent.Docker.Tests;

/// <summary>A scripted engine on a unix socket, byte by byte: shows what a real engine cannot be made to show.</summary>
/// <remarks>Pings are answered by itself as long as <see cref="ApiVersion"/> is set; every other request goes to the script.</remarks>
internal sealed class FakeEngine : IAsyncDisposable
{
    /// <summary>For tests that are not about deadlines.</summary>
    public static readonly DockerClientTimeouts Patient = new()
    {
        Connect = TimeSpan.FromMinutes(2),
        Query = TimeSpan.FromMinutes(2),
        Change = TimeSpan.FromMinutes(2),
        Start = TimeSpan.FromMinutes(2),
        StopMargin = TimeSpan.FromMinutes(2),
    };

    private readonly TempFolder _folder = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly ConcurrentBag<Exception> _failures = [];
    private readonly Func<FakeExchange, Task> _script;
    private readonly Task _accepting;

    public FakeEngine(Func<FakeExchange, Task> script)
    {
        _script = script;
        SocketPath = _folder.File("engine.sock");
        _listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        _listener.Listen(64);
        _accepting = AcceptAsync();
    }

    /// <summary>An engine that answers everything with one JSON document.</summary>
    public static FakeEngine Answering(int status, string body, string contentType = "application/json") =>
        new(exchange => exchange.RespondAsync(status, body, contentType));

    public string SocketPath { get; }

    public Uri Endpoint => new($"unix://{SocketPath}");

    /// <summary>Header of the ping; null to script pings, too.</summary>
    public string? ApiVersion { get; set; } = "1.41";

    /// <summary>All requests but the pings that were answered by itself, in order of arrival.</summary>
    public ConcurrentQueue<FakeExchange> Requests { get; } = new();

    public int Pings { get; private set; }

    public int Connections { get; private set; }

    /// <param name="time">Null: real time, with deadlines that a busy machine keeps.</param>
    /// <param name="limits">Null: the defaults.</param>
    /// <param name="version">Newest version to speak.</param>
    public DockerClient CreateClient(TimeProvider? time = null, DockerClientLimits? limits = null, Version? version = null)
    {
        var configuration = new DockerClientConfiguration(Endpoint, null, time is null ? Patient : null)
        {
            TimeProvider = time ?? TimeProvider.System,
            Limits = limits ?? new DockerClientLimits(),
        };
        return configuration.CreateClient(version);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections);
        _stop.Dispose();
        _folder.Dispose();
        Assert.Empty(_failures);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_stop.Token);
                Connections++;
                _connections.Add(Task.Run(() => ServeAsync(socket)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            while (await FakeExchange.ReadAsync(socket, stream, _stop.Token) is { } exchange)
            {
                if (exchange.Path == "/_ping" && ApiVersion is { } version)
                {
                    Pings++;
                    await exchange.WriteAsync($"HTTP/1.1 200 OK\r\nApi-Version: {version}\r\nContent-Length: 2\r\n\r\nOK");
                    continue;
                }

                Requests.Enqueue(exchange);
                await _script(exchange);
                if (exchange.IsClosed) return;
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client went away, or the test is over.
        }
        catch (Exception e)
        {
            _failures.Add(e);
        }
    }
}
