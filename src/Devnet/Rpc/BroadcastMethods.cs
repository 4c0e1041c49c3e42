using System.Text.Json.Nodes;
using ProviderAgent.Devnet.Blocks;
using ProviderAgent.Devnet.Hosting;
using ProviderAgent.Devnet.Rpc.Json;
using ProviderAgent.Devnet.Transactions;

namespace ProviderAgent.Devnet.Rpc;

/// <summary>Taking transactions in.</summary>
internal sealed class BroadcastMethods(ChainEngine engine, DevnetFaults faults, TimeSpan commitTimeout, TimeProvider time)
{
    private static readonly TxResult NotExecuted = new(0, "", "", Google.Protobuf.ByteString.Empty, 0, 0, []);

    /// <summary>Answers after the check.</summary>
    public JsonObject Sync(RpcParameters arguments)
    {
        var submitted = Submit(arguments);
        return Answer(submitted.Hash, submitted.Result);
    }

    /// <summary>Answers without the check's outcome.</summary>
    public JsonObject Async(RpcParameters arguments) => Answer(Submit(arguments).Hash, NotExecuted);

    /// <summary>Answers when the transaction is in a block.</summary>
    public async Task<JsonNode> CommitAsync(RpcParameters arguments, CancellationToken ct)
    {
        var next = engine.NextBlock; // taken first, so that a block made right after the check is not missed
        var submitted = Submit(arguments);
        if (submitted.Result.Code != 0) return Committed(submitted, NotExecuted, 0);
        using var deadline = new CancellationTokenSource(commitTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        try
        {
            while (true)
            {
                var block = await next.WaitAsync(either.Token);
                if (block.Txs.FirstOrDefault(tx => tx.Hash == submitted.Hash) is { } tx) return Committed(submitted, tx.Result, block.Height);
                next = engine.NextBlock;
                if (engine.FindTx(submitted.Hash) is { } found) return Committed(submitted, found.Block.Txs[found.Index].Result, found.Block.Height);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw RpcException.Internal("timed out waiting for tx to be included in a block");
        }
    }

    private SubmitResult.Checked Submit(RpcParameters arguments)
    {
        var bytes = arguments.Bytes("tx");
        if (faults.MempoolFull) throw RpcException.Internal("mempool is full: number of txs 0 (max: 0), total txs bytes 0 (max: 0)");
        if (faults.TakeRace() is { } first) engine.Submit(first);
        switch (engine.Submit(bytes))
        {
            case SubmitResult.Checked { Result.Code: 0 } when faults.TakeBroadcastDrop():
                throw new ReplyDroppedException();
            case SubmitResult.Checked submitted:
                return submitted;
            case SubmitResult.Rejected rejected:
                throw RpcException.Internal(rejected.Text);
            default:
                throw new InvalidOperationException("unknown outcome of a submission");
        }
    }

    private static JsonObject Answer(TxHash hash, TxResult result) => new()
    {
        ["code"] = result.Code,
        ["data"] = "",
        ["log"] = result.Log,
        ["codespace"] = result.Codespace,
        ["hash"] = hash.Hex,
    };

    private static JsonObject Committed(SubmitResult.Checked submitted, TxResult result, long height) => new()
    {
        ["check_tx"] = RpcJson.TxResult(submitted.Result),
        ["tx_result"] = RpcJson.TxResult(result),
        ["hash"] = submitted.Hash.Hex,
        ["height"] = RpcJson.Number(height),
    };
}
