using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ProviderAgent.Chain.Tests.Scripted;

/// <summary>One JSON-RPC node over a <see cref="ScriptedChain"/>, with faults on demand.</summary>
internal sealed class ScriptedNode : IAsyncDisposable
{
    private readonly ScriptedChain _chain;
    private readonly WebApplication _app;
    private readonly NodeMethods _methods;
    private readonly Lock _gate = new();
    private readonly List<byte[]> _pool = [];
    private readonly ConcurrentDictionary<string, ConcurrentQueue<NodeFault>> _faults = new();
    private readonly ConcurrentBag<WebSocket> _sockets = [];

    private ScriptedNode(ScriptedChain chain)
    {
        _chain = chain;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.UseWebSockets();
        _app.MapPost("/", AnswerAsync);
        _app.Map("/websocket", SocketAsync);
        _methods = new(chain, this);
        chain.Attach(this);
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>Blocks that it is behind the chain.</summary>
    public long Lag { get; set; }

    public bool IsCatchingUp { get; set; }

    public bool HasIndex { get; set; } = true;

    /// <summary>Another name than the chain's, when it serves another network.</summary>
    public string? Network { get; set; }

    /// <summary>Says that it takes transactions, and throws them away.</summary>
    public bool SwallowsTransactions { get; set; }

    /// <summary>How many it threw away.</summary>
    public int Swallowed { get; private set; }

    /// <summary>Refuses everything with a broken connection.</summary>
    public bool IsDown { get; set; }

    /// <summary>Fails this many of the coming requests to a method in a given way; any method when it is <c>*</c>.</summary>
    public void Fail(string method, NodeFault fault, int times = 1)
    {
        var queue = _faults.GetOrAdd(method, _ => new());
        for (var i = 0; i < times; i++) queue.Enqueue(fault);
    }

    /// <summary>Ends all faults that were ordered.</summary>
    public void Heal() => _faults.Clear();

    /// <summary>Requests so far, by method.</summary>
    public ConcurrentDictionary<string, int> Calls { get; } = new();

    /// <summary>Answers to <c>abci_query</c> by path; the defaults know the account and nothing else.</summary>
    public AbciScript Abci => _methods.Abci;

    /// <summary>What the node's check says to a transaction that fits; null takes it.</summary>
    public Func<byte[], (uint Code, string Codespace, string Log)?> Check { get; set; } = _ => null;

    /// <summary>Runs when a transaction was taken, before the answer goes out.</summary>
    public Action AfterAccept { get; set; } = () => { };

    /// <summary>What waits for a block.</summary>
    public IReadOnlyList<byte[]> Pool
    {
        get
        {
            lock (_gate) return [.. _pool];
        }
    }

    public long Height => _chain.Height - Lag;

    /// <summary>Sequence that the node expects next, with what waits counted in.</summary>
    public ulong ExpectedSequence
    {
        get
        {
            lock (_gate) return _chain.Sequence + (ulong)_pool.Count;
        }
    }

    /// <summary>Connections that listen for blocks.</summary>
    public int Subscribers => _sockets.Count(socket => socket.State == WebSocketState.Open);

    public static async Task<ScriptedNode> StartAsync(ScriptedChain chain)
    {
        var node = new ScriptedNode(chain);
        await node._app.StartAsync();
        var feature = node._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        node.Address = new Uri(feature.Addresses.Single());
        return node;
    }

    /// <summary>Takes a transaction; false when it waits already.</summary>
    public bool TryAdd(byte[] transaction)
    {
        lock (_gate)
        {
            if (SwallowsTransactions)
            {
                Swallowed++;
                return true;
            }

            if (_pool.Any(other => other.AsSpan().SequenceEqual(transaction))) return false;
            _pool.Add(transaction);
            return true;
        }
    }

    /// <summary>The node restarts and forgets what waits.</summary>
    public void ForgetPool()
    {
        lock (_gate) _pool.Clear();
    }

    public void Recheck(ulong sequence, long height)
    {
        lock (_gate) _pool.RemoveAll(transaction => ScriptedChain.SequenceOf(transaction) < sequence || ScriptedChain.TimeoutOf(transaction) <= height);
    }

    /// <summary>Tells subscribers of a block.</summary>
    public async Task AnnounceAsync()
    {
        var text = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = 1,
            ["result"] = new JsonObject { ["data"] = new JsonObject { ["type"] = "tendermint/event/NewBlockHeader" } },
        }.ToJsonString();
        foreach (var socket in _sockets.Where(socket => socket.State == WebSocketState.Open))
        {
            await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private NodeFault? NextFault(string method)
    {
        if (_faults.TryGetValue(method, out var own) && own.TryDequeue(out var fault)) return fault;
        return _faults.TryGetValue("*", out var any) && any.TryDequeue(out fault) ? fault : null;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var request = await JsonNode.ParseAsync(context.Request.Body);
        var method = request!["method"]!.GetValue<string>();
        Calls.AddOrUpdate(method, 1, (_, count) => count + 1);
        var fault = IsDown ? NodeFault.LoseRequest : NextFault(method);
        if (fault is NodeFault.LoseRequest)
        {
            context.Abort();
            return;
        }

        if (fault is NodeFault.Hang)
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }

        var answer = fault is NodeFault.InternalError
            ? NodeMethods.Error("something is wrong inside")
            : await _methods.AnswerAsync(method, request["params"]!.AsObject());
        answer["jsonrpc"] = "2.0";
        answer["id"] = request["id"]!.GetValue<int>() + (fault is NodeFault.WrongId ? 1 : 0);
        await WriteAsync(context, answer.ToJsonString(), fault);
    }

    private static async Task WriteAsync(HttpContext context, string answer, NodeFault? fault)
    {
        context.Response.ContentType = "application/json";
        switch (fault)
        {
            case NodeFault.LoseReply:
                context.Abort();
                return;
            case NodeFault.BadGateway:
                context.Response.StatusCode = 502;
                answer = "<html><body>Bad Gateway</body></html>";
                break;
            case NodeFault.TooManyRequests:
                context.Response.StatusCode = 429;
                break;
            case NodeFault.Html:
                answer = "<!doctype html><html><body>Welcome</body></html>";
                break;
            case NodeFault.Truncated:
                answer = answer[..(answer.Length / 2)];
                break;
            case NodeFault.Deep:
                answer = string.Concat(Enumerable.Repeat("[", 1000));
                break;
            case NodeFault.Huge:
                answer = "{\"filler\":\"" + new string('x', 4 << 20) + "\"}";
                break;
        }

        await context.Response.WriteAsync(answer, context.RequestAborted);
    }

    private async Task SocketAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = 400;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[4096];
        await socket.ReceiveAsync(buffer, CancellationToken.None);
        await socket.SendAsync("""{"jsonrpc":"2.0","id":1,"result":{}}"""u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        _sockets.Add(socket);
        try
        {
            while (socket.State == WebSocketState.Open) await socket.ReceiveAsync(buffer, context.RequestAborted);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The client is gone.
        }
    }
}
