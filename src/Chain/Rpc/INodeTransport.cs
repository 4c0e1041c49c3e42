namespace ProviderAgent.Chain.Rpc;

/// <summary>The way to the application behind a node: its queries and its pool. JSON-RPC and gRPC both lead there, with the same results.</summary>
internal interface INodeTransport
{
    /// <summary>Asks a module.</summary>
    /// <param name="path">gRPC method, for example <c>/akash.market.v1beta5.Query/Orders</c>.</param>
    /// <param name="data">The encoded request.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <exception cref="EndpointException">No usable answer.</exception>
    Task<AbciAnswer> AbciQueryAsync(string path, ReadOnlyMemory<byte> data, CancellationToken ct);

    /// <summary>Hands over a transaction and waits for the node's own check of it, not for a block.</summary>
    /// <exception cref="EndpointException">No usable answer; the node may have taken it all the same.</exception>
    Task<BroadcastAnswer> BroadcastAsync(ReadOnlyMemory<byte> transaction, CancellationToken ct);
}
