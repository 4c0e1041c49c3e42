using ProviderAgent.Chain.Endpoints;
using ProviderAgent.Chain.Rpc;

namespace ProviderAgent.Chain.Sending;

/// <summary>What a node said to a transaction.</summary>
internal abstract record BroadcastVerdict
{
    private BroadcastVerdict()
    {
    }

    /// <summary>It waits in the node's pool, since now or since before.</summary>
    public sealed record Accepted : BroadcastVerdict;

    /// <summary>The node did not take it now, or nobody knows; the same bytes may be sent again.</summary>
    public sealed record Unknown(string Cause) : BroadcastVerdict;

    /// <summary>Its sequence is not the one that the node expects: used up already, or not yet due.</summary>
    public sealed record SequenceMismatch : BroadcastVerdict;

    /// <summary>Refused by the node's check; it is in no pool.</summary>
    public sealed record Refused(string Codespace, uint Code, string Text) : BroadcastVerdict;
}

/// <summary>Hands transactions to a node and tells apart what its answers mean for them.</summary>
internal static class Broadcaster
{
    /// <summary>Never throws for an endpoint's fault: an answer that did not arrive is an outcome that is not known.</summary>
    public static async Task<BroadcastVerdict> SendAsync(EndpointPool pool, Endpoint endpoint, byte[] transaction, CancellationToken ct)
    {
        try
        {
            return Read(await pool.AskOneAsync(endpoint, (node, stop) => node.Transactions.BroadcastAsync(transaction, stop), ct));
        }
        catch (EndpointException e) when (e.Fault == EndpointFault.Refused && e.RpcData.Contains("tx already exists in cache", StringComparison.Ordinal))
        {
            return new BroadcastVerdict.Accepted();
        }
        catch (EndpointException e) when (e.Fault == EndpointFault.Refused && e.RpcData.StartsWith("Tx too large", StringComparison.Ordinal))
        {
            return new BroadcastVerdict.Refused("sdk", SdkCodes.TooLarge, e.RpcData);
        }
        catch (EndpointException e)
        {
            return new BroadcastVerdict.Unknown(e.Message);
        }
    }

    private static BroadcastVerdict Read(BroadcastAnswer answer) => answer.Code == 0 ? new BroadcastVerdict.Accepted() : RefusalMap.TreatmentOf(answer.Codespace, answer.Code) switch
    {
        CodeTreatment.IsSent => new BroadcastVerdict.Accepted(),
        CodeTreatment.Resync => new BroadcastVerdict.SequenceMismatch(),
        CodeTreatment.TryLater => new BroadcastVerdict.Unknown("the node's pool of waiting transactions is full"),
        _ => new BroadcastVerdict.Refused(answer.Codespace, answer.Code, answer.Log),
    };
}

/// <summary>Codes of the codespace <c>sdk</c> that decide what the sender does next.</summary>
internal static class SdkCodes
{
    public const uint Unauthorized = 4;
    public const uint InsufficientFunds = 5;
    public const uint OutOfGas = 11;
    public const uint InsufficientFee = 13;
    public const uint AlreadyInPool = 19;
    public const uint PoolFull = 20;
    public const uint TooLarge = 21;
    public const uint TimeoutHeight = 30;
    public const uint WrongSequence = 32;
    public const uint Timeout = 42;
}
