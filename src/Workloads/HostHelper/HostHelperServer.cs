using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace ProviderAgent.Workloads;

/// <summary>The one process with rights over the host. Knows no key, no chain and no tenant; takes a fixed set of verbs with checked arguments.</summary>
/// <param name="verbs">What it does.</param>
/// <param name="callers">User ids that may ask, besides root. Who may connect at all is the socket's file mode.</param>
/// <param name="time">For the deadline.</param>
/// <param name="log">Says what was refused.</param>
public sealed partial class HostHelperServer(IReadOnlyCollection<IHostHelperVerb> verbs, IReadOnlyCollection<uint> callers, TimeProvider time, ILogger<HostHelperServer> log)
{
    /// <summary>A request that is not answered by then is given up.</summary>
    public static readonly TimeSpan RequestDeadline = TimeSpan.FromSeconds(60);

    /// <summary>Who is at the other end of a connection.</summary>
    internal Func<Socket, uint> CallerOf { get; init; } = PeerCredentials.UserOf;

    // The daemon asks for a few things at a time; whoever opens more waits in the socket's own queue.
    private const int MaxConnections = 8;

    /// <summary>Serves requests, a few at a time, until the token ends it.</summary>
    /// <param name="listener">A listening unix socket, handed over by the service manager or bound by the caller.</param>
    /// <param name="ct">Ends the serving.</param>
    public async Task RunAsync(Socket listener, CancellationToken ct)
    {
        using var places = new SemaphoreSlim(MaxConnections, MaxConnections);
        try
        {
            while (true)
            {
                await places.WaitAsync(ct);
                _ = ServeNextAsync(await AcceptAsync());
            }
        }
        finally
        {
            // Requests under way hold their places: none is cut off, and none outlives the semaphore.
            for (var i = 0; i < MaxConnections; i++) await places.WaitAsync(CancellationToken.None);
        }

        async Task<Socket> AcceptAsync()
        {
            try
            {
                return await listener.AcceptAsync(ct);
            }
            catch
            {
                places.Release();
                throw;
            }
        }

        async Task ServeNextAsync(Socket connection)
        {
            try
            {
                await ServeAsync(connection, ct);
            }
            finally
            {
                places.Release();
            }
        }
    }

    private async Task ServeAsync(Socket connection, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(RequestDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        using (connection)
        {
            try
            {
                await using var stream = new NetworkStream(connection);
                var line = await HostHelperLine.ReadAsync(stream, either.Token);
                var caller = CallerOf(connection);
                var answer = caller == 0 || callers.Contains(caller)
                    ? await AnswerAsync(line, either.Token)
                    : new(string.Create(CultureInfo.InvariantCulture, $"user {caller} may not ask this helper: only root and the daemon's own user may (see --user)"));
                if (answer.Error is { } refusal) Log.Refused(log, refusal);
                await HostHelperLine.WriteAsync(stream, JsonSerializer.SerializeToUtf8Bytes(answer, HostHelperJson.Default.HostHelperAnswer), either.Token);
            }
            catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
            {
                if (!ct.IsCancellationRequested) Log.Broken(log, error);
            }
        }
    }

    private async Task<HostHelperAnswer> AnswerAsync(byte[] line, CancellationToken ct)
    {
        try
        {
            var request = JsonSerializer.Deserialize(line, HostHelperJson.Default.HostHelperRequest);
            var verb = verbs.FirstOrDefault(verb => verb.Name == request?.Verb) ?? throw new HostHelperException("the request is not one that this helper knows");
            return await verb.RunAsync(request!, ct);
        }
        catch (Exception error) when (error is JsonException or HostHelperException)
        {
            return new(error.Message);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // One request must not end the helper: the others go on.
            Log.Failed(log, error);
            return new($"the host helper failed: {error.Message}");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4095, LogLevel.Warning, "A request was refused: {Reason}", EventName = "Refused")]
        public static partial void Refused(ILogger logger, string reason);

        [LoggerMessage(4096, LogLevel.Warning, "A connection broke before its request was answered", EventName = "Broken")]
        public static partial void Broken(ILogger logger, Exception error);

        [LoggerMessage(4097, LogLevel.Error, "A request failed", EventName = "Failed")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
