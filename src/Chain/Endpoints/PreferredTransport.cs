using Microsoft.Extensions.Logging;
using ProviderAgent.Chain.Rpc;

namespace ProviderAgent.Chain.Endpoints;

/// <summary>A node that can be reached in two ways: the preferred one, and the other while that fails.</summary>
/// <remarks>A transaction may so be handed over twice, which is harmless: its bytes are the same.</remarks>
internal sealed partial class PreferredTransport(INodeTransport preferred, INodeTransport other, Uri address, TimeProvider time, ILogger log) : INodeTransport
{
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    private long _failedAt;

    /// <inheritdoc/>
    public Task<AbciAnswer> AbciQueryAsync(string path, ReadOnlyMemory<byte> data, CancellationToken ct) =>
        AskAsync(way => way.AbciQueryAsync(path, data, ct));

    /// <inheritdoc/>
    public Task<BroadcastAnswer> BroadcastAsync(ReadOnlyMemory<byte> transaction, CancellationToken ct) =>
        AskAsync(way => way.BroadcastAsync(transaction, ct));

    private async Task<T> AskAsync<T>(Func<INodeTransport, Task<T>> ask)
    {
        if (Volatile.Read(ref _failedAt) is var failed && failed != 0 && time.GetElapsedTime(failed) < Rest) return await ask(other);
        try
        {
            var answer = await ask(preferred);
            Volatile.Write(ref _failedAt, 0);
            return answer;
        }
        catch (EndpointException e) when (e.Fault != EndpointFault.Refused)
        {
            Log.Failed(log, address, e.Message);
            Volatile.Write(ref _failedAt, Math.Max(1, time.GetTimestamp()));
            return await ask(other);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1005, LogLevel.Warning, "The gRPC of {Endpoint} cannot be used now, its JSON-RPC is used instead for a minute: {Cause}", EventName = "GrpcFailed")]
        public static partial void Failed(ILogger logger, Uri endpoint, string cause);
    }
}
