using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Gateway;

/// <summary>Sends the logs of a lease down a WebSocket, at the pace at which the tenant reads.</summary>
internal sealed partial class LogStream(ILeaseLogs logs, IOptions<GatewayOptions> options, GatewayMetrics metrics, GatewayLifetime lifetime, TimeProvider time, ILogger<LogStream> log)
{
    /// <summary>Close codes that tenants' tools know.</summary>
    private const WebSocketCloseStatus InternalError = (WebSocketCloseStatus)4000;
    private const WebSocketCloseStatus NotFound = (WebSocketCloseStatus)4001;
    private const WebSocketCloseStatus Unavailable = (WebSocketCloseStatus)4002;

    // Longest reason of a close frame, in bytes (RFC 6455, 5.5).
    private const int MaxReason = 123;
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Runs until the logs end, the peer goes, or the gateway stops. Owns neither the socket nor the request.</summary>
    public async Task RunAsync(WebSocket socket, LogRequest request, CancellationToken aborted)
    {
        using var sending = CancellationTokenSource.CreateLinkedTokenSource(aborted, lifetime.Stopping);
        using var receiving = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        var reading = ReadUntilGoneAsync(socket, sending, receiving.Token);
        var (status, reason, outcome) = await SendAllAsync(socket, request, sending.Token, aborted);
        metrics.StreamEnded(outcome);
        await CloseAsync(socket, status, reason, reading);
        await receiving.CancelAsync();
        await reading;
    }

    private async Task<(WebSocketCloseStatus? Status, string Reason, string Outcome)> SendAllAsync(WebSocket socket, LogRequest request, CancellationToken ct, CancellationToken aborted)
    {
        try
        {
            switch (await logs.OpenAsync(request, ct))
            {
                case LeaseLogs.UnknownLease:
                    return (NotFound, "", "not_found");
                case LeaseLogs.UnknownService unknown:
                    return (NotFound, Shorten($"no service {unknown.Name}"), "not_found");
                case LeaseLogs.NoInstances:
                    return (InternalError, "no running pods", "not_found");
                case LeaseLogs.Opened opened:
                    await SendLinesAsync(socket, opened.Lines, ct);
                    return (WebSocketCloseStatus.NormalClosure, "", "done");
                default:
                    throw new InvalidOperationException("unknown kind of logs");
            }
        }
        catch (BackendUnavailableException e)
        {
            return (Unavailable, Shorten(e.Message), "unavailable");
        }
        catch (SlowReaderException)
        {
            socket.Abort();
            return (null, "", "slow_reader");
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            return lifetime.Stopping.IsCancellationRequested && !aborted.IsCancellationRequested
                ? (WebSocketCloseStatus.EndpointUnavailable, "the provider restarts; connect again", "stopping")
                : (WebSocketCloseStatus.NormalClosure, "", "peer_gone");
        }
        catch (Exception e)
        {
            Log.Failed(log, e);
            return (InternalError, "internal error", "failed");
        }
    }

    private async Task SendLinesAsync(WebSocket socket, IAsyncEnumerable<LogLine> lines, CancellationToken ct)
    {
        var frames = new LogFrames();
        await foreach (var line in lines.WithCancellation(ct))
        {
            foreach (var frame in frames.Of(line))
            {
                // Not cancelled itself: that would end the socket before it can be closed properly.
                var sending = socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
                if (!sending.IsCompletedSuccessfully) await AwaitReaderAsync(sending.AsTask(), ct);
            }
        }
    }

    private async Task AwaitReaderAsync(Task sending, CancellationToken ct)
    {
        try
        {
            await sending.WaitAsync(options.Value.Limits.WriteTimeout, time, ct);
        }
        catch (TimeoutException e)
        {
            throw new SlowReaderException(e);
        }
    }

    /// <summary>Takes what the peer sends, which means nothing here, until it closes or is gone. Reading is also what sees the answers to pings.</summary>
    private static async Task ReadUntilGoneAsync(WebSocket socket, CancellationTokenSource sending, CancellationToken ct)
    {
        var buffer = new byte[256];
        try
        {
            while ((await socket.ReceiveAsync(buffer.AsMemory(), ct)).MessageType != WebSocketMessageType.Close)
            {
                // thrown away
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // gone without a word
        }

        await sending.CancelAsync();
    }

    private async Task CloseAsync(WebSocket socket, WebSocketCloseStatus? status, string reason, Task reading)
    {
        if (status is not { } code || socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived)) return;
        using var deadline = new CancellationTokenSource(CloseTimeout, time);
        try
        {
            await socket.CloseOutputAsync(code, reason, deadline.Token);
            await reading.WaitAsync(deadline.Token); // cutting the connection now could lose what the peer has not read yet
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            socket.Abort();
        }
    }

    private static string Shorten(string reason) => reason.Length > MaxReason || reason.Any(c => c > '\u007F') ? "unavailable" : reason;

    private sealed class SlowReaderException(Exception inner) : Exception("the peer takes nothing", inner);

    private static partial class Log
    {
        [LoggerMessage(6401, LogLevel.Error, "A log stream failed unexpectedly; the tenant may connect again", EventName = "LogStreamFailed")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
