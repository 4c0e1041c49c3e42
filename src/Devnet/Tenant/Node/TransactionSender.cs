using System.Globalization;
using System.Text.Json.Nodes;
using Google.Protobuf;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Transactions;
using ProviderAgent.Devnet.State;

namespace ProviderAgent.Devnet.Tenant.Node;

/// <summary>Sends one transaction after the other for one key, and waits until each is in a block.</summary>
internal sealed class TransactionSender(NodeClient node, ISigner signer, TenantOptions options, TimeProvider time) : IDisposable
{
    // Account sequence that does not fit any more: somebody else used the key meanwhile.
    private const int WrongSequence = 32;

    private const int Attempts = 2;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _one = new(1, 1);
    private string? _chainId;

    /// <exception cref="TenantException">Refused, or not in a block in time.</exception>
    public async Task<TenantReceipt> SendAsync(IMessage message, CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return await SendOnceAsync(message, ct);
                }
                catch (TenantException e) when (attempt < Attempts && e is { Failure: TenantFailure.Refused, Codespace: "sdk", Code: WrongSequence })
                {
                    // The next attempt reads the sequence anew.
                }
            }
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<TenantReceipt> SendOnceAsync(IMessage message, CancellationToken ct)
    {
        var chainId = _chainId ??= await ReadChainIdAsync(ct);
        var account = await node.GetAsync(
            "/cosmos.auth.v1beta1.Query/AccountInfo",
            new Wire.Auth.QueryAccountInfoRequest { Address = signer.Address.Value },
            Wire.Auth.QueryAccountInfoResponse.Parser,
            $"account {signer.Address}, which has never received anything,",
            ct);
        var body = TransactionBuilder.Body([message]);
        var gas = await SimulateAsync(body, account.Info.Sequence, ct);
        var fee = new Wire.Tx.Fee { GasLimit = gas };
        var price = (long)Math.Ceiling(gas * options.GasPrice);
        if (price > 0) fee.Amount.Add(new Wire.Base.Coin { Denom = ChainParameters.FeeDenom.Value, Amount = price.ToString(CultureInfo.InvariantCulture) });
        var context = new SigningContext(chainId, account.Info.AccountNumber, account.Info.Sequence);
        var signed = await TransactionBuilder.SignAsync(body, fee, context, signer, ct);
        await BroadcastAsync(signed, ct);
        return await WaitAsync(signed, $"{price.ToString(CultureInfo.InvariantCulture)}{ChainParameters.FeeDenom}", ct);
    }

    private async Task<string> ReadChainIdAsync(CancellationToken ct)
    {
        var status = await CallAsync("status", [], ct);
        return status["node_info"]?["network"]?.ToString()
            ?? throw new TenantException(TenantFailure.NodeUnavailable, "the node does not say which chain it serves");
    }

    private async Task<ulong> SimulateAsync(Wire.Tx.TxBody body, ulong sequence, CancellationToken ct)
    {
        var bytes = TransactionBuilder.ForSimulation(body, new(), signer.PublicKey, sequence);
        try
        {
            var answer = await node.GetAsync(
                "/cosmos.tx.v1beta1.Service/Simulate",
                new Wire.Tx.SimulateRequest { TxBytes = ByteString.CopyFrom(bytes) },
                Wire.Tx.SimulateResponse.Parser,
                "the simulated transaction",
                ct);
            return (ulong)Math.Ceiling(answer.GasInfo.GasUsed * options.GasAdjustment);
        }
        catch (NodeErrorException e)
        {
            throw new TenantException(TenantFailure.Refused, $"the chain would refuse this: {e.Message}", e);
        }
    }

    private async Task BroadcastAsync(SignedTransaction signed, CancellationToken ct)
    {
        try
        {
            ThrowIfRefused(await node.CallAsync("broadcast_tx_sync", new() { ["tx"] = Convert.ToBase64String(signed.Bytes) }, ct));
        }
        catch (NodeErrorException e) when (e.Message.Contains("already exists in cache", StringComparison.Ordinal))
        {
            // The node has it.
        }
        catch (NodeErrorException e)
        {
            throw new TenantException(TenantFailure.Refused, $"the node refuses the transaction: {e.Message}", e);
        }
        catch (TenantException e) when (e.Failure == TenantFailure.NodeUnavailable)
        {
            // The answer was lost, the transaction perhaps not: whether it is in a block is found out below, by its hash.
        }
    }

    private async Task<TenantReceipt> WaitAsync(SignedTransaction signed, string fee, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        TenantException? away = null;
        while (time.GetElapsedTime(start) < options.TransactionTimeout)
        {
            JsonNode? found = null;
            try
            {
                (found, away) = (await FindAsync(signed.Hash, ct), null);
            }
            catch (TenantException e) when (e.Failure == TenantFailure.NodeUnavailable)
            {
                away = e; // the node may come back in time
            }

            if (found is not null)
            {
                var result = found["tx_result"] ?? throw new TenantException(TenantFailure.NodeUnavailable, "the node shows a transaction without result");
                ThrowIfRefused(result);
                return new(signed.Hash.Hex, Number(found["height"]), Number(result["gas_used"]), fee);
            }

            await Task.Delay(PollInterval, time, ct);
        }

        throw new TenantException(
            TenantFailure.NotIncluded,
            $"transaction {signed.Hash} is in no block after {options.TransactionTimeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s; it may still come",
            away);
    }

    private async Task<JsonNode?> FindAsync(TransactionHash hash, CancellationToken ct)
    {
        try
        {
            return await node.CallAsync("tx", new() { ["hash"] = Convert.ToBase64String(hash.ToBytes()), ["prove"] = false }, ct);
        }
        catch (NodeErrorException e) when (e.Message.Contains("not found", StringComparison.Ordinal))
        {
            return null;
        }
        catch (NodeErrorException e)
        {
            throw new TenantException(TenantFailure.NotIncluded, $"the node cannot look up transactions, so it is not known what became of {hash}: {e.Message}", e);
        }
    }

    private async Task<JsonNode> CallAsync(string method, JsonObject parameters, CancellationToken ct)
    {
        try
        {
            return await node.CallAsync(method, parameters, ct);
        }
        catch (NodeErrorException e)
        {
            throw new TenantException(TenantFailure.Refused, $"the node refuses {method}: {e.Message}", e);
        }
    }

    private static void ThrowIfRefused(JsonNode result)
    {
        var code = result["code"]?.GetValue<int>() ?? 0;
        if (code == 0) return;
        var codespace = result["codespace"]?.ToString() ?? "";
        throw new TenantException(TenantFailure.Refused, $"the chain refuses this: {result["log"]}") { Codespace = codespace, Code = code };
    }

    private static long Number(JsonNode? node) =>
        long.TryParse(node?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new TenantException(TenantFailure.NodeUnavailable, "the node shows a transaction without height or gas");
}
