namespace ProviderAgent.Devnet.Hosting;

/// <summary>A further node of a local chain: the same blocks, faults of its own.</summary>
public sealed class DevnetNode : IAsyncDisposable
{
    private readonly DevnetServer _server;

    internal DevnetNode(DevnetServer server, DevnetFaults faults) => (_server, Faults) = (server, faults);

    /// <summary>Where its RPC listens.</summary>
    public Uri RpcAddress => _server.Address;

    /// <summary>Where its gRPC listens; null when the chain's first node has none.</summary>
    public Uri? GrpcAddress => _server.GrpcAddress;

    public DevnetFaults Faults { get; }

    /// <summary>Stops answering.</summary>
    public async ValueTask DisposeAsync()
    {
        Faults.HoldReplies = false; // nobody is to wait for answers that never come
        await _server.DisposeAsync();
    }
}
