using Google.Protobuf;
using ProviderAgent.Chain.Endpoints;
using ProviderAgent.Chain.Queries;
using ProviderAgent.Chain.Rpc;
using ProviderAgent.Chain.Wire.Tx;

namespace ProviderAgent.Chain.Sending;

/// <summary>What a trial run of a transaction came to.</summary>
internal abstract record SimulationResult
{
    private SimulationResult()
    {
    }

    public sealed record Succeeded(long GasUsed) : SimulationResult;

    /// <summary>The sequence does not fit what the node has seen.</summary>
    public sealed record SequenceMismatch(ulong? Expected) : SimulationResult;

    /// <param name="MessageIndex">Which message failed; null when it was the transaction as a whole.</param>
    /// <param name="Text">The node's words.</param>
    public sealed record Failed(int? MessageIndex, string Text) : SimulationResult;
}

/// <summary>Lets a node try a transaction out: tells the gas it takes, and refusals before they cost anything.</summary>
internal static class Simulator
{
    /// <param name="endpoint">The node.</param>
    /// <param name="transaction">Complete but for the signature.</param>
    /// <param name="floor">A failure on a state older than this block says nothing, for example of an order that the node has not seen yet.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <exception cref="EndpointException">The endpoint did not answer, cannot simulate, or is too far behind.</exception>
    public static async Task<SimulationResult> TryAsync(Endpoint endpoint, byte[] transaction, long floor, CancellationToken ct)
    {
        var request = new SimulateRequest { TxBytes = ByteString.CopyFrom(transaction) };
        var answer = await endpoint.Transactions.AbciQueryAsync(QueryPaths.Simulate, request.ToByteArray(), ct);
        if (answer.Code == 0) return new SimulationResult.Succeeded(GasUsed(endpoint, answer.Value));
        if (FailureText.IsSequenceMismatch(answer.Log)) return new SimulationResult.SequenceMismatch(FailureText.ExpectedSequence(answer.Log));

        if (answer.Height > 0 && answer.Height < floor)
        {
            throw new EndpointException(EndpointFault.Stale, $"{endpoint} simulates on the state of block {answer.Height}, older than {floor}");
        }

        // Not about this transaction: the node was built without the service, or is shutting down.
        if (answer.Log.Contains("unknown query path", StringComparison.Ordinal) || answer.Log.Length == 0)
        {
            throw new EndpointException(EndpointFault.Malformed, $"{endpoint} cannot simulate transactions ({answer.Codespace} {answer.Code})");
        }

        return new SimulationResult.Failed(FailureText.MessageIndex(answer.Log), answer.Log);
    }

    private static long GasUsed(Endpoint endpoint, byte[] value)
    {
        try
        {
            var used = SimulateResponse.Parser.WithDiscardUnknownFields(true).ParseFrom(value).GasInfo?.GasUsed ?? 0;
            if (used is > 0 and <= long.MaxValue) return (long)used;
        }
        catch (InvalidProtocolBufferException)
        {
            // Falls through to the same fault.
        }

        throw new EndpointException(EndpointFault.Malformed, $"{endpoint} answered a simulation without the gas that it took");
    }
}
