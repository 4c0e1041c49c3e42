using System.Globalization;
using Google.Protobuf;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Chain.Rpc;
using ProviderAgent.Chain.Wire.Tx;

namespace ProviderAgent.Chain.Grpc;

/// <summary>The application of a node over gRPC. Errors become the codes that the same question has over JSON-RPC.</summary>
internal sealed class GrpcTransport(GrpcChannel channel, Uri address) : INodeTransport
{
    private const string BroadcastPath = "/cosmos.tx.v1beta1.Service/BroadcastTx";
    private const string HeightHeader = "x-cosmos-block-height";
    private const string Sdk = "sdk";

    // What the application's own errors arrive as over JSON-RPC.
    private const uint NotFound = 22;
    private const uint InvalidRequest = 18;
    private const uint Unauthorized = 4;
    private const uint UnknownRequest = 6;

    /// <inheritdoc/>
    public async Task<AbciAnswer> AbciQueryAsync(string path, ReadOnlyMemory<byte> data, CancellationToken ct)
    {
        try
        {
            var answer = await channel.UnaryAsync(path, data, ct);
            return new(0, "", "", answer.Message, HeightOf(answer));
        }
        catch (RpcException e) when (e.IsFromServer && Code(e.Status.StatusCode) is { } code)
        {
            var log = e.Status.StatusCode == StatusCode.Unimplemented ? $"{e.Status.Detail}: unknown query path" : e.Status.Detail;
            return new(code, Sdk, log, [], 0);
        }
        catch (RpcException e)
        {
            throw Fault(e, path);
        }
    }

    /// <inheritdoc/>
    public async Task<BroadcastAnswer> BroadcastAsync(ReadOnlyMemory<byte> transaction, CancellationToken ct)
    {
        try
        {
            var request = new BroadcastTxRequest { TxBytes = ByteString.CopyFrom(transaction.Span), Mode = BroadcastMode.Sync };
            var answer = await channel.UnaryAsync(BroadcastPath, request.ToByteArray(), ct);
            return BroadcastTxResponse.Parser.WithDiscardUnknownFields(true).ParseFrom(answer.Message).TxResponse is { } checkedTx
                ? new(checkedTx.Code, checkedTx.Codespace, checkedTx.RawLog)
                : throw new EndpointException(EndpointFault.Malformed, $"{address} answered a broadcast without a result");
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new EndpointException(EndpointFault.Malformed, $"{address} answered a broadcast with something unreadable: {e.Message}", e);
        }
        catch (RpcException e)
        {
            throw Fault(e, BroadcastPath);
        }
    }

    private static uint? Code(StatusCode status) => status switch
    {
        StatusCode.NotFound => NotFound,
        StatusCode.InvalidArgument or StatusCode.FailedPrecondition => InvalidRequest,
        StatusCode.Unauthenticated => Unauthorized,
        StatusCode.Unknown or StatusCode.Unimplemented or StatusCode.AlreadyExists or StatusCode.PermissionDenied or StatusCode.OutOfRange or StatusCode.Aborted => UnknownRequest,
        _ => null, // about the node, not about the question
    };

    private EndpointException Fault(RpcException e, string path)
    {
        var fault = e.Status.StatusCode switch
        {
            StatusCode.DeadlineExceeded => EndpointFault.Deadline,
            StatusCode.ResourceExhausted when !e.IsFromServer => EndpointFault.TooLarge,
            StatusCode.Unavailable or StatusCode.Cancelled or StatusCode.ResourceExhausted => EndpointFault.Unreachable,
            _ => EndpointFault.Malformed,
        };
        return new(fault, $"{address} did not answer {path}: {WireText.Shorten(e.Message)}", e);
    }

    private static long HeightOf(GrpcAnswer answer) =>
        answer.Headers.TryGetValues(HeightHeader, out var values) && long.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var height)
            ? height
            : 0;
}
