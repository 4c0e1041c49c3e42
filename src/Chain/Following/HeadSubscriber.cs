using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using ProviderAgent.Chain.Endpoints;
using ProviderAgent.Chain.Rpc;

namespace ProviderAgent.Chain.Following;

/// <summary>Listens for announcements of new blocks on the WebSocket of the endpoint in use.</summary>
/// <remarks>An announcement only wakes; a lost connection costs a poll interval, never a block.</remarks>
internal sealed partial class HeadSubscriber(EndpointPool pool, IJitter jitter, TimeProvider time, ILogger<HeadSubscriber> log)
{
    // Blocks come every few seconds; without one for so long, the connection is made anew in case it is half open.
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(10);

    // An announcement has a few kilobytes.
    private const int MaxMessageBytes = 1 << 20;

    private static ReadOnlySpan<byte> Subscription => """{"jsonrpc":"2.0","id":1,"method":"subscribe","params":{"query":"tm.event='NewBlockHeader'"}}"""u8;

    /// <summary>Subscribes again and again until the token is cancelled.</summary>
    public async Task RunAsync(Action announce, CancellationToken ct)
    {
        var backoff = new Backoff(time, jitter, TimeSpan.FromSeconds(30));
        while (!ct.IsCancellationRequested)
        {
            var endpoint = pool.Current;
            try
            {
                await ListenAsync(endpoint, announce, backoff, ct);
            }
            catch (Exception e) when (e is WebSocketException or IOException or JsonException or HttpRequestException or OperationCanceledException && !ct.IsCancellationRequested)
            {
                Log.Lost(log, endpoint.Address, e.Message);
            }

            if (ct.IsCancellationRequested) return;
            try
            {
                await backoff.WaitAsync(ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>The WebSocket that belongs to a JSON-RPC address.</summary>
    internal static Uri SocketAddress(Uri rpc)
    {
        var builder = new UriBuilder(rpc) { Scheme = rpc.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs, Query = "" };
        builder.Path = builder.Path.TrimEnd('/') + "/websocket";
        return builder.Uri;
    }

    private async Task ListenAsync(Endpoint endpoint, Action announce, Backoff backoff, CancellationToken ct)
    {
        using var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = PingInterval;
        socket.Options.KeepAliveTimeout = PingTimeout;
        using (var limit = new Deadline(ConnectLimit, time, ct))
        {
            await socket.ConnectAsync(SocketAddress(endpoint.Address), limit.Token);
            await socket.SendAsync(Subscription.ToArray(), WebSocketMessageType.Text, endOfMessage: true, limit.Token);
        }

        var buffer = new ArrayBufferWriter<byte>();
        while (pool.Current == endpoint)
        {
            using var idle = new Deadline(IdleLimit, time, ct);
            buffer.ResetWrittenCount();
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.GetMemory(4096), idle.Token);
                if (part.MessageType == WebSocketMessageType.Close) throw new WebSocketException("the node closed the subscription");
                buffer.Advance(part.Count);
                if (buffer.WrittenCount > MaxMessageBytes) throw new WebSocketException("an announcement is larger than any block header");
            }
            while (!part.EndOfMessage);

            using var message = JsonDocument.Parse(buffer.WrittenMemory);
            if (message.RootElement.ValueKind != JsonValueKind.Object || message.RootElement.TryGetProperty("error", out _))
            {
                throw new WebSocketException("the node refused or ended the subscription");
            }

            backoff.Reset();
            if (IsAnnouncement(message.RootElement)) announce();
        }
    }

    /// <summary>False for the first answer, which only says that announcements will come.</summary>
    private static bool IsAnnouncement(JsonElement message) =>
        message.TryGetProperty("result", out var result) && result.ValueKind == JsonValueKind.Object && result.TryGetProperty("data", out _);

    private static partial class Log
    {
        [LoggerMessage(1012, LogLevel.Debug, "No announcements from {Endpoint} ({Cause}); blocks are found by asking until they come again", EventName = "SubscriptionLost")]
        public static partial void Lost(ILogger logger, Uri endpoint, string cause);
    }
}
