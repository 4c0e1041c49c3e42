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
internal sealed class Endpoint(RpcClient queries, RpcClient transactions)
{
    private readonly Lock _gate = new();
    private volatile EndpointState _state = new(null, null, 0);
    private volatile EndpointRecord _record = EndpointRecord.Empty;

    public Uri Address => Queries.Address;

    /// <summary>For reading: short deadline.</summary>
    public RpcClient Queries { get; } = queries;

    /// <summary>For simulating and sending: long deadline.</summary>
    public RpcClient Transactions { get; } = transactions;

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
