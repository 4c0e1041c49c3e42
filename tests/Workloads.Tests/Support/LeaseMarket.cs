using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads.Tests.Support;

/// <summary>A market that knows leases and their deployments, and can be out of reach.</summary>
internal sealed class LeaseMarket(AccountAddress account) : MarketStub
{
    private readonly Dictionary<LeaseId, LeaseAccount> _leases = [];

    public override AccountAddress Account => account;

    public bool IsAway { get; set; }

    /// <summary>Answers as a node that lags behind: it has not heard of any lease.</summary>
    public bool KnowsNothing { get; set; }

    /// <summary>Refuses whatever is asked of it when set.</summary>
    public MarketRefusal? Refuses { get; set; }

    /// <summary>What was asked of it.</summary>
    public List<MarketAction> Actions { get; } = [];

    /// <summary>The present on its own clock; leases are made at 10.</summary>
    public MarketTick Now { get; set; } = new(10);

    public override Task<MarketTick> GetTickAsync(CancellationToken ct) => IsAway ? throw new MarketUnavailableException("the scripted market is away") : Task.FromResult(Now);

    public LeaseId Win(ulong dseq, string tenant = "akash1tenant", LeaseReclaim? reclaim = null)
    {
        var id = new LeaseId(new(AccountAddress.Parse(tenant), dseq, 1, 1), account);
        Put(id, LeaseState.Active, LeaseCloseReason.Unknown, reclaim);
        return id;
    }

    public void Close(LeaseId id, LeaseState state = LeaseState.Closed, LeaseCloseReason reason = LeaseCloseReason.Owner) => Put(id, state, reason);

    public override Task<LeaseAccount?> FindLeaseAsync(LeaseId id, CancellationToken ct) => Task.FromResult(Answer(() => _leases.GetValueOrDefault(id)));

    public override async IAsyncEnumerable<LeaseAccount> ListOwnLeasesAsync(LeaseState state, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await Task.Yield();
        foreach (var lease in Answer(() => _leases.Values.Where(lease => lease.Lease.State == state).ToArray()) ?? []) yield return lease;
    }

    public override Task<Deployment?> FindDeploymentAsync(DeploymentId id, CancellationToken ct)
    {
        var units = new ResourceUnit(
            new Marketplace.Resources { Id = 1, Cpu = new(100), Memory = new(32 * ByteSize.MiB), Storage = [] }, 1, Rate.PerTick(Decimal18.One, Denom.Parse("uact")));
        return Task.FromResult(Answer(() => (Deployment?)new Deployment(
            id,
            IsActive: true,
            ManifestHash.Parse(new string('0', 64)),
            [new DeploymentGroup(new(id.Owner, id.Dseq, 1), GroupState.Open, new GroupSpec("west", PlacementRequirements.None, [units]))],
            new EscrowAccount(EscrowState.Open, [], new(1)))));
    }

    /// <summary>Ends leases, and says when it would not.</summary>
    public override Task<ActionOutcome> SubmitAsync(MarketAction action, CancellationToken ct)
    {
        if (IsAway) throw new MarketUnavailableException("the scripted market is away");
        Actions.Add(action);
        var fee = new Coin(5, Denom.Parse("uakt"));
        if (Refuses is { } reason) return Task.FromResult<ActionOutcome>(new ActionOutcome.Refused(reason, "scripted", fee));
        if (action is MarketAction.CloseBid close) Close(new(close.Bid.Order, close.Bid.Provider), reason: close.Reason);
        return Task.FromResult<ActionOutcome>(new ActionOutcome.Done("hash", new(21), fee));
    }

    private T? Answer<T>(Func<T?> answer)
        where T : class
    {
        if (IsAway) throw new MarketUnavailableException("the scripted market is away");
        return KnowsNothing ? typeof(T).IsArray ? (T)(object)Array.CreateInstance(typeof(T).GetElementType()!, 0) : null : answer();
    }

    private void Put(LeaseId id, LeaseState state, LeaseCloseReason reason, LeaseReclaim? reclaim = null)
    {
        var rate = Rate.PerTick(Decimal18.One, Denom.Parse("uact"));
        _leases[id] = new(
            new Lease(id, state, rate, new(10), state == LeaseState.Active ? null : new(20), reason, reclaim),
            new EscrowPayment(id, EscrowState.Open, rate, Decimal18.Zero, new(0, rate.Denom)));
    }
}
