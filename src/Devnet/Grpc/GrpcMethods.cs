using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ProviderAgent.Chain.Grpc;
using ProviderAgent.Chain.Transactions;
using ProviderAgent.Chain.Wire.Abci;
using ProviderAgent.Chain.Wire.Tx;
using ProviderAgent.Devnet.Blocks;
using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Hosting;
using ProviderAgent.Devnet.Queries;
using ProviderAgent.Devnet.Rpc;
using RpcException = ProviderAgent.Chain.Grpc.RpcException;

namespace ProviderAgent.Devnet.Grpc;

/// <summary>What can be called over gRPC: every module query, and the transaction service.</summary>
internal sealed class GrpcMethods(ChainEngine engine, NodeView view, DevnetFaults faults, NodeIdentity identity, bool txIndex)
{
    private readonly QueryRouter _router = new();

    /// <summary>Answers a call.</summary>
    /// <param name="path">A slash, the service's full name, a slash, the method.</param>
    /// <param name="request">The encoded request.</param>
    /// <param name="height">Block whose state is asked; 0 for the latest.</param>
    /// <returns>The answer with the height that it is of; 0 where that says nothing.</returns>
    /// <exception cref="RpcException">The answer is an error.</exception>
    /// <exception cref="ReplyDroppedException">Nothing is to be answered.</exception>
    public (IMessage Answer, long Height) Answer(string path, byte[] request, long height)
    {
        try
        {
            switch (path)
            {
                case "/cosmos.tx.v1beta1.Service/BroadcastTx":
                    return (Broadcast(BroadcastTxRequest.Parser.ParseFrom(request)), 0);
                case "/cosmos.tx.v1beta1.Service/GetTx":
                    return (GetTx(GetTxRequest.Parser.ParseFrom(request)), 0);
            }

            var at = height == 0 ? view.LatestHeight : height;
            if (at > view.LatestHeight || view.State(at) is not { } state)
            {
                throw Error(StatusCode.InvalidArgument, string.Create(CultureInfo.InvariantCulture, $"failed to load state at height {at}; (latest height: {view.LatestHeight})"));
            }

            return (_router.Answer(new(state, engine, identity with { IsCatchingUp = faults.CatchingUp }), path, request), at);
        }
        catch (QueryException e)
        {
            throw Error(StatusOf(e.Kind, e.Message), Words(e));
        }
        catch (InvalidProtocolBufferException e)
        {
            throw Error(StatusCode.Internal, e.Message);
        }
    }

    private BroadcastTxResponse Broadcast(BroadcastTxRequest request)
    {
        if (request.TxBytes.IsEmpty) throw Error(StatusCode.InvalidArgument, "invalid empty tx");
        if (request.Mode is not (BroadcastMode.Sync or BroadcastMode.Async)) throw Error(StatusCode.InvalidArgument, "unsupported return type " + request.Mode);
        var hash = TxHash.Of(request.TxBytes.Span);
        const string full = "mempool is full: number of txs 0 (max: 0), total txs bytes 0 (max: 0)";
        if (faults.MempoolFull) return new() { TxResponse = new() { Txhash = hash.Hex, Code = PoolCode(full), Codespace = "sdk", RawLog = full } };
        if (faults.TakeRace() is { } first) engine.Submit(first);
        switch (engine.Submit(request.TxBytes.ToByteArray()))
        {
            case SubmitResult.Checked { Result.Code: 0 } when faults.TakeBroadcastDrop():
                throw new ReplyDroppedException();
            case SubmitResult.Checked submitted:
                return new() { TxResponse = new() { Txhash = hash.Hex, Code = submitted.Result.Code, Codespace = submitted.Result.Codespace, RawLog = submitted.Result.Log } };
            case SubmitResult.Rejected rejected:
                return new() { TxResponse = new() { Txhash = hash.Hex, Code = PoolCode(rejected.Text), Codespace = "sdk", RawLog = rejected.Text } };
            default:
                throw new InvalidOperationException("unknown outcome of a submission");
        }
    }

    private GetTxResponse GetTx(GetTxRequest request)
    {
        if (!txIndex) throw Error(StatusCode.Internal, "transaction indexing is disabled");
        var (block, index) = TransactionHash.TryParse(request.Hash, out var hash) && view.FindTx(new(hash.Hex)) is { } at
            ? at
            : throw Error(StatusCode.NotFound, $"tx not found: {request.Hash}");
        var found = block.Txs[index];
        return new()
        {
            // The raw form differs only in that its parts are bytes, which is the same on the wire.
            Tx = Tx.Parser.ParseFrom(found.Bytes.Span),
            TxResponse = new TxResponse
            {
                Height = block.Height,
                Txhash = found.Hash.Hex,
                Codespace = found.Result.Codespace,
                Code = found.Result.Code,
                Data = Convert.ToHexString(found.Result.Data.Span),
                RawLog = found.Result.Log,
                GasWanted = (long)found.Result.GasWanted,
                GasUsed = (long)found.Result.GasUsed,
                Tx = new Any { TypeUrl = "/cosmos.tx.v1beta1.Tx", Value = ByteString.CopyFrom(found.Bytes.Span) },
                Timestamp = block.Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            },
        };
    }

    private static RpcException Error(StatusCode code, string text) => new(new(code, text), isFromServer: true);

    private static StatusCode StatusOf(ErrorKind kind, string text) => kind.Code switch
    {
        22 => StatusCode.NotFound,
        18 => StatusCode.InvalidArgument,
        4 => StatusCode.Unauthenticated,
        _ when text.StartsWith("unknown query path", StringComparison.Ordinal) => StatusCode.Unimplemented,
        _ => StatusCode.Unknown,
    };

    /// <summary>Over JSON-RPC the words stand between what gRPC calls the error and what the application calls it.</summary>
    private static string Words(QueryException e)
    {
        const string mark = " desc = ";
        var from = e.Message.IndexOf(mark, StringComparison.Ordinal);
        var text = from < 0 ? e.Message : e.Message[(from + mark.Length)..];
        var ending = $": {e.Kind.Text}";
        return text.EndsWith(ending, StringComparison.Ordinal) ? text[..^ending.Length] : text;
    }

    private static uint PoolCode(string text) =>
        text.StartsWith("mempool is full", StringComparison.Ordinal) ? 20u : text.StartsWith("Tx too large", StringComparison.Ordinal) ? 21u : 19u;
}
