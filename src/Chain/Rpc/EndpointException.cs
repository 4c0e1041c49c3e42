namespace ProviderAgent.Chain.Rpc;

/// <summary>Why an endpoint did not give a usable answer.</summary>
internal enum EndpointFault
{
    /// <summary>No connection, or it broke.</summary>
    Unreachable,

    /// <summary>No answer within the deadline.</summary>
    Deadline,

    /// <summary>Answered with something that is no JSON-RPC answer: an HTML page, garbage, another status.</summary>
    Malformed,

    /// <summary>The answer is larger than is ever needed.</summary>
    TooLarge,

    /// <summary>A proper JSON-RPC error: the request reached the node, which refused it.</summary>
    Refused,

    /// <summary>It serves another network.</summary>
    WrongNetwork,

    /// <summary>It does not follow the chain yet.</summary>
    CatchingUp,

    /// <summary>This answer is older than what was already acted upon.</summary>
    Stale,
}

/// <summary>One endpoint failed one request. Another endpoint, or the same one later, may do better.</summary>
internal sealed class EndpointException(EndpointFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public EndpointFault Fault { get; } = fault;

    /// <summary>Error code of JSON-RPC when <see cref="Fault"/> is <see cref="EndpointFault.Refused"/>.</summary>
    public int RpcCode { get; init; }

    /// <summary>The node's own words; nodes tell their errors apart only by them.</summary>
    public string RpcData { get; init; } = "";
}
