using ProviderAgent.Chain.Rpc;

namespace ProviderAgent.Chain.Endpoints;

/// <summary>What is known of an endpoint. Replaced as a whole at each change.</summary>
/// <param name="Fault">Why it was given up last; null while it is good.</param>
/// <param name="Status">What it said of itself last; null before it answered.</param>
/// <param name="ChangedAt">Timestamp of the last answer or fault.</param>
internal sealed record EndpointState(string? Fault, NodeStatus? Status, long ChangedAt)
{
    /// <summary>It answered, on the right network, and nothing has gone wrong since.</summary>
    public bool IsGood => Fault is null && Status is not null;
}

/// <summary>One node of the configuration.</summary>
/// <param name="queries">Its JSON-RPC, with a short deadline.</param>
/// <param name="modules">The way to its application for reading.</param>
/// <param name="transactions">The way to its application for simulating and sending, with a long deadline.</param>
internal sealed class Endpoint(RpcClient queries, INodeTransport modules, INodeTransport transactions)
{
    private readonly Lock _gate = new();
    private volatile EndpointState _state = new(null, null, 0);
    private volatile EndpointRecord _record = EndpointRecord.Empty;

    public Uri Address => Queries.Address;

    /// <summary>For its state and its blocks.</summary>
    public RpcClient Queries { get; } = queries;

    /// <summary>For asking its application.</summary>
    public INodeTransport Modules { get; } = modules;

    /// <summary>For simulating and sending.</summary>
    public INodeTransport Transactions { get; } = transactions;

    public EndpointState State
    {
        get => _state;
        set => _state = value;
    }

    /// <summary>How its last calls went.</summary>
    public EndpointRecord Record => _record;

    /// <summary>Notes how a call went.</summary>
    public void Note(Func<EndpointRecord, EndpointRecord> change)
    {
        lock (_gate) _record = change(_record);
    }

    public override string ToString() => Address.ToString();
}
