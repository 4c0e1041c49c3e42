using System.Collections.Concurrent;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ProviderAgent.Bench.OrderToBid;

/// <summary>Stands between the daemon and its node, passes everything on, and notes when each question came and its answer left.</summary>
internal sealed class NodeProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _node;
    private readonly Uri _target;
    private readonly TimeProvider _time;
    private readonly ConcurrentQueue<NodeCall> _calls = new();

    private NodeProxy(Uri target, Uri address, TimeProvider time)
    {
        (_target, Address, _time) = (target, address, time);
        _node = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls(address.OriginalString);
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Run(context => context.WebSockets.IsWebSocketRequest ? JoinAsync(context) : PassOnAsync(context));
    }

    public Uri Address { get; }

    /// <summary>All calls that have ended, in the order of their ends.</summary>
    public IReadOnlyList<NodeCall> Calls => [.. _calls];

    public static async Task<NodeProxy> StartAsync(Uri target, int port, TimeProvider time, CancellationToken ct)
    {
        var proxy = new NodeProxy(target, new($"http://127.0.0.1:{port}"), time);
        await proxy._app.StartAsync(ct);
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _node.Dispose();
    }

    private async Task PassOnAsync(HttpContext context)
    {
        var ct = context.RequestAborted;
        using var question = new MemoryStream();
        await context.Request.Body.CopyToAsync(question, ct);
        var body = question.ToArray();
        var start = _time.GetTimestamp();
        using var request = new HttpRequestMessage(new(context.Request.Method), new Uri(_target, context.Request.Path.Value + context.Request.QueryString.Value)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        using var answer = await _node.SendAsync(request, ct);
        var bytes = await answer.Content.ReadAsByteArrayAsync(ct);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, ct);
        await context.Response.Body.FlushAsync(ct);
        _calls.Enqueue(new(start, _time.GetTimestamp(), body));
    }

    private async Task JoinAsync(HttpContext context)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        using var node = new ClientWebSocket();
        await node.ConnectAsync(new UriBuilder(new Uri(_target, context.Request.Path.Value)) { Scheme = Uri.UriSchemeWs }.Uri, stop.Token);
        using var daemon = await context.WebSockets.AcceptWebSocketAsync();
        Task[] ways = [CopyAsync(daemon, node, stop.Token), CopyAsync(node, daemon, stop.Token)];
        await Task.WhenAny(ways);
        await stop.CancelAsync();
        foreach (var way in ways) await way.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task CopyAsync(WebSocket from, WebSocket to, CancellationToken ct)
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var part = await from.ReceiveAsync(buffer.AsMemory(), ct);
            if (part.MessageType == WebSocketMessageType.Close) return;
            await to.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, ct);
        }
    }
}
