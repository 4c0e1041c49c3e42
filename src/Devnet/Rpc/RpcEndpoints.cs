using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ProviderAgent.Devnet.Hosting;
using ProviderAgent.Devnet.Rpc.Subscriptions;

namespace ProviderAgent.Devnet.Rpc;

/// <summary>The RPC on HTTP: POST to the root, GET by method name, WebSocket.</summary>
internal sealed class RpcEndpoints(RpcDispatcher dispatcher, WebSocketHub hub, DevnetFaults faults, CancellationToken stopping)
{
    private const string Json = "application/json";

    private static ReadOnlySpan<byte> Greeting => "A local chain for tests. POST JSON-RPC 2.0 to /, or GET /status.\n"u8;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/", PostAsync);
        routes.MapGet("/websocket", WebSocketAsync);
        routes.MapGet("/{method}", GetAsync);
        routes.MapGet("/", context => WriteAsync(context, StatusCodes.Status200OK, Greeting.ToArray(), "text/plain"));
    }

    private async Task PostAsync(HttpContext context)
    {
        try
        {
            var request = RpcDispatcher.Parse(await ReadBodyAsync(context));
            var answer = await dispatcher.AnswerAsync(request, context.RequestAborted);
            await WriteAsync(context, StatusCodes.Status200OK, answer ?? []);
        }
        catch (RpcException e)
        {
            var status = e.Code == -32700 ? StatusCodes.Status500InternalServerError : StatusCodes.Status400BadRequest;
            await WriteAsync(context, status, RpcDispatcher.Write(RpcDispatcher.Answer(null, e)));
        }
        catch (ReplyDroppedException)
        {
            context.Abort();
        }
    }

    private async Task GetAsync(HttpContext context)
    {
        try
        {
            var query = context.Request.Query.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.ToString()));
            var (answer, isError) = await dispatcher.AnswerAsync((string)context.Request.RouteValues["method"]!, query, context.RequestAborted);
            await WriteAsync(context, isError ? StatusCodes.Status500InternalServerError : StatusCodes.Status200OK, answer);
        }
        catch (ReplyDroppedException)
        {
            context.Abort();
        }
    }

    private async Task WebSocketAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await WriteAsync(context, StatusCodes.Status400BadRequest, "Bad Request"u8.ToArray(), "text/plain");
            return;
        }

        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        await hub.ServeAsync(socket, either.Token);
    }

    private static async Task<byte[]> ReadBodyAsync(HttpContext context)
    {
        try
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            return body.ToArray();
        }
        catch (BadHttpRequestException e)
        {
            throw RpcException.InvalidRequest($"error reading request body: {e.Message}");
        }
    }

    private async Task WriteAsync(HttpContext context, int status, byte[] answer, string type = Json)
    {
        await faults.WaitUntilReleasedAsync(context.RequestAborted);
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer, context.RequestAborted);
    }
}
