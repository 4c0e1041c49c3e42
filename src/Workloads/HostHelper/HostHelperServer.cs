using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace ProviderAgent.Workloads;

/// <summary>The one process that may change the host's firewall. Knows no key, no chain and no tenant; takes a fixed set of verbs with checked arguments.</summary>
public sealed partial class HostHelperServer(NftCommand nft, TimeProvider time, ILogger<HostHelperServer> log)
{
    private const int MaxResolvers = 16;
    private static readonly TimeSpan RequestDeadline = TimeSpan.FromSeconds(15);

    /// <summary>Serves one request after the other until the token ends it. Who may connect is the socket's file mode.</summary>
    /// <param name="listener">A listening unix socket, handed over by the service manager or bound by the caller.</param>
    /// <param name="ct">Ends the serving.</param>
    public async Task RunAsync(Socket listener, CancellationToken ct)
    {
        var guard = new NftGuard(nft, time);
        using (guard)
        {
            while (!ct.IsCancellationRequested)
            {
                using var connection = await listener.AcceptAsync(ct);
                await ServeAsync(connection, guard, ct);
            }
        }
    }

    private async Task ServeAsync(Socket connection, NftGuard guard, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(RequestDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            await using var stream = new NetworkStream(connection);
            var error = await AnswerAsync(await HostHelperLine.ReadAsync(stream, either.Token), guard, either.Token);
            if (error is not null) Log.Refused(log, error);
            await HostHelperLine.WriteAsync(stream, JsonSerializer.SerializeToUtf8Bytes(new HostHelperAnswer(error), HostHelperJson.Default.HostHelperAnswer), either.Token);
        }
        catch (Exception error) when (error is IOException or SocketException || (error is OperationCanceledException && !ct.IsCancellationRequested))
        {
            Log.Broken(log, error);
        }
    }

    private static async Task<string?> AnswerAsync(byte[] line, NftGuard guard, CancellationToken ct)
    {
        try
        {
            var request = JsonSerializer.Deserialize(line, HostHelperJson.Default.HostHelperRequest);
            if (request is not { Verb: HostHelperRequest.ApplyGuard, Bridges: not null, Resolvers: { Count: <= MaxResolvers } resolvers }) return "the request is not one that this helper knows";
            var addresses = resolvers.Select(text => IPAddress.TryParse(text, out var address) ? address : IPAddress.IPv6None).ToArray();
            await guard.EnsureAsync(new(request.Bridges, addresses, request.AllowMail), ct);
            return null;
        }
        catch (Exception error) when (error is JsonException or ArgumentException or NetworkGuardException)
        {
            return error.Message;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4095, LogLevel.Warning, "A request was refused: {Reason}", EventName = "Refused")]
        public static partial void Refused(ILogger logger, string reason);

        [LoggerMessage(4096, LogLevel.Warning, "A connection broke before its request was answered", EventName = "Broken")]
        public static partial void Broken(ILogger logger, Exception error);
    }
}
