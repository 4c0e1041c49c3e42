using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Gateway;

/// <summary><c>GET /lease/{dseq}/{gseq}/{oseq}/logs</c>: the output of the lease's containers, as a WebSocket.</summary>
/// <remarks>What is wrong with the request is an HTTP answer; what is wrong with the lease is a close code after the upgrade.</remarks>
internal sealed class LogsRoute(LogStream stream, StreamSlots slots, IOptions<GatewayOptions> options, GatewayMetrics metrics) : IRoute
{
    public string Name => "logs";

    public string Method => "GET";

    public IReadOnlyList<string> Template { get; } = ["lease", "{dseq}", "{gseq}", "{oseq}", "logs"];

    public RouteTarget Target => RouteTarget.Lease;

    public LeaseScopes Scope => LeaseScopes.Logs;

    public string? CheckQuery(HttpRequest request) => LogQuery.TryRead(request.Query, out _);

    public async Task HandleAsync(RouteCall call, CancellationToken ct)
    {
        if (await UpgradeCheck.RefuseAsync(call.Http, ct)) return;
        LogQuery.TryRead(call.Http.Request.Query, out var query); // checked before
        using var slot = slots.TryTake(call.Lease);
        if (slot is null)
        {
            metrics.StreamEnded("refused");
            await Answers.TextAsync(call.Response, StatusCodes.Status429TooManyRequests, "too many log streams are open; close one first", ct);
            return;
        }

        var limits = options.Value.Limits;
        using var socket = await call.Http.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { KeepAliveInterval = limits.PingInterval, KeepAliveTimeout = limits.PongTimeout });
        await stream.RunAsync(socket, new(call.Lease, query.Services, query.Follow, query.Tail), ct);
    }
}
