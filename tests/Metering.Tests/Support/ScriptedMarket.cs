using System.Numerics;
using System.Runtime.CompilerServices;

namespace ProviderAgent.Metering.Tests;

/// <summary>What becomes of a submitted action.</summary>
public enum MarketAnswer
{
    /// <summary>Included, and said so.</summary>
    Done,

    /// <summary>Included, but the answer is lost.</summary>
    ReplyLost,

    /// <summary>Not included, and the answer is lost.</summary>
    NeverSent,

    /// <summary>No answer; included when <see cref="ScriptedMarket.IncludeLate"/> is called.</summary>
    Late,

    Refused,
}

/// <summary>A market in memory with the escrow rules of the real one, whose answers fail as a test wants.</summary>
/// <remarks>Settles only when touched, drops fractions at each settlement, ends a lease whose escrow is overdrawn, and fails a second settlement of one deployment in a tick.</remarks>
internal sealed class ScriptedMarket : IMarketplace
{
    private readonly Lock _gate = new();
    private readonly Dictionary<LeaseId, LeaseEntry> _leases = [];
    private readonly Dictionary<DeploymentId, EscrowEntry> _escrows = [];
    private readonly List<LeaseId> _late = [];
    private Dictionary<LeaseId, Coin>? _stale;

    private sealed class LeaseEntry
    {
        public required Lease Lease { get; set; }

        public Decimal18 Balance { get; set; }

        public long Withdrawn { get; set; }

        public EscrowState State { get; set; } = EscrowState.Open;
    }

    private sealed class EscrowEntry
    {
        public Decimal18 Funds { get; set; }

        public MarketTick SettledAt { get; set; }

        public EscrowState State { get; set; } = EscrowState.Open;

        public List<DeploymentGroup> OtherGroups { get; } = [];
    }

    public AccountAddress Account => Sample.Provider;

    /// <summary>Six seconds a tick.</summary>
    public MarketClock Clock { get; } = MarketClock.FromTickLength(TimeSpan.FromSeconds(6));

    public MarketHealth Health => new(!IsDown, "test", Tick, null, "");

    public MarketTick Tick { get; private set; } = new(1_000);

    public bool IsDown { get; set; }

    public MarketAnswer Next { get; set; }

    /// <summary>What each submission gets before <see cref="Next"/>.</summary>
    public Queue<MarketAnswer> Script { get; } = [];

    public List<LeaseId> Submitted { get; } = [];

    public List<string> DoubleSettlements { get; } = [];

    /// <summary>What reached the provider's account, counted apart from the totals.</summary>
    public long PaidOut { get; private set; }

    public int SettleCalls { get; private set; }

    public void AddLease(LeaseId id, string rate, long funds)
    {
        lock (_gate)
        {
            if (!_escrows.TryGetValue(id.Deployment, out var escrow)) _escrows[id.Deployment] = escrow = new() { SettledAt = Tick };
            escrow.Funds += Decimal18.FromInteger(funds);
            var price = Rate.PerTick(Decimal18.Parse(rate), Sample.Uact);
            _leases[id] = new() { Lease = new(id, LeaseState.Active, price, Tick, null, LeaseCloseReason.Unknown, null) };
        }
    }

    /// <summary>Another group of the deployment, offered to anybody at this price.</summary>
    public void OfferToOthers(DeploymentId id, string priceLimit, int count)
    {
        var resources = new Resources { Id = 1, Cpu = new(1000), Memory = new(1 << 30), Storage = [] };
        var unit = new ResourceUnit(resources, count, Rate.PerTick(Decimal18.Parse(priceLimit), Sample.Uact));
        _escrows[id].OtherGroups.Add(new(new(id.Owner, id.Dseq, 99), GroupState.Open, new("other", PlacementRequirements.None, [unit])));
    }

    public void TopUp(DeploymentId id, long funds) => _escrows[id].Funds += Decimal18.FromInteger(funds);

    public void Advance(long ticks) => Tick = new(Tick.Value + ticks);

    public void Reclaim(LeaseId id) => _leases[id].Lease = _leases[id].Lease with { State = LeaseState.Reclaiming };

    /// <summary>The tenant ends the lease: it is settled and paid out.</summary>
    public void Close(LeaseId id)
    {
        lock (_gate)
        {
            Settle(id.Deployment);
            if (_leases[id].Lease.IsRunning) End(_leases[id], LeaseState.Closed, EscrowState.Closed);
        }
    }

    /// <summary>From here on totals are answered as they are now, as from an endpoint that lags.</summary>
    public void FreezeTotals() => _stale = _leases.ToDictionary(entry => entry.Key, entry => Sample.Coin(entry.Value.Withdrawn));

    /// <summary>From here on every total is answered as this.</summary>
    public void FreezeTotals(Coin total) => _stale = _leases.ToDictionary(entry => entry.Key, _ => total);

    public void UnfreezeTotals() => _stale = null;

    public void IncludeLate()
    {
        foreach (var lease in _late) TryWithdraw(lease);
        _late.Clear();
    }

    public long Withdrawn(LeaseId id) => _leases[id].Withdrawn;

    public bool IsRunning(LeaseId id) => _leases[id].Lease.IsRunning;

    public Task<MarketTick> GetTickAsync(CancellationToken ct)
    {
        ThrowIfDown();
        return Task.FromResult(Tick);
    }

    public Task<LeaseAccount?> FindLeaseAsync(LeaseId id, CancellationToken ct)
    {
        ThrowIfDown();
        lock (_gate) return Task.FromResult(_leases.TryGetValue(id, out var lease) ? AccountOf(lease) : null);
    }

    public async IAsyncEnumerable<LeaseAccount> ListOwnLeasesAsync(LeaseState state, [EnumeratorCancellation] CancellationToken ct)
    {
        await Task.Yield();
        List<LeaseAccount> accounts;
        lock (_gate) accounts = [.. _leases.Values.Where(lease => lease.Lease.State == state).Select(AccountOf)];
        foreach (var account in accounts)
        {
            yield return account;
            ThrowIfDown(); // in the middle of the list
        }

        ThrowIfDown();
    }

    public Task<Deployment?> FindDeploymentAsync(DeploymentId id, CancellationToken ct)
    {
        ThrowIfDown();
        lock (_gate)
        {
            if (!_escrows.TryGetValue(id, out var escrow)) return Task.FromResult<Deployment?>(null);
            var own = _leases.Values.Where(lease => lease.Lease.Id.Deployment == id)
                .Select(lease => new DeploymentGroup(lease.Lease.Id.Group, GroupState.Open, new("own", PlacementRequirements.None, [])));
            return Task.FromResult<Deployment?>(
                new(id, true, default, own.Concat(escrow.OtherGroups).ToValueList(), new(escrow.State, [new(Sample.Uact, escrow.Funds)], escrow.SettledAt)));
        }
    }

    public async Task<ActionOutcome> SubmitAsync(MarketAction action, CancellationToken ct)
    {
        await Task.Yield();
        var lease = Assert.IsType<MarketAction.Withdraw>(action).Lease;
        lock (_gate)
        {
            Submitted.Add(lease);
            var answer = Script.TryDequeue(out var scripted) ? scripted : Next;
            if (answer == MarketAnswer.Refused) return new ActionOutcome.Refused(MarketRefusal.InsufficientFunds, "no money for the fee", Sample.Uakt(0));
            if (answer == MarketAnswer.Late) _late.Add(lease);
            var included = answer is MarketAnswer.Done or MarketAnswer.ReplyLost && TryWithdraw(lease);
            if (answer != MarketAnswer.Done) throw new MarketUnavailableException($"no answer ({answer})");
            return included
                ? new ActionOutcome.Done($"TX{Submitted.Count}", Tick, Sample.Uakt(5_000))
                : new ActionOutcome.Refused(MarketRefusal.LeaseNotActive, "the lease is not active", Sample.Uakt(5_000));
        }
    }

    public Task SettleAsync(CancellationToken ct)
    {
        ThrowIfDown();
        SettleCalls++;
        return Task.CompletedTask;
    }

    public Task<MarketParameters> GetParametersAsync(CancellationToken ct) => throw new NotSupportedException();

    public Task<Order?> FindOrderAsync(OrderId id, CancellationToken ct) => throw new NotSupportedException();

    public IAsyncEnumerable<Order> ListOpenOrdersAsync(CancellationToken ct) => throw new NotSupportedException();

    public Task<Bid?> FindBidAsync(BidId id, CancellationToken ct) => throw new NotSupportedException();

    public Task<int> CountBidsAsync(OrderId id, CancellationToken ct) => throw new NotSupportedException();

    public IAsyncEnumerable<Bid> ListOwnBidsAsync(BidState state, CancellationToken ct) => throw new NotSupportedException();

    public Task<ProviderRecord?> FindProviderAsync(AccountAddress account, CancellationToken ct) => throw new NotSupportedException();

    public Task<IReadOnlyList<AuditRecord>> ListAuditsAsync(AccountAddress provider, CancellationToken ct) => throw new NotSupportedException();

    public Task<CertificateRecord?> FindCertificateAsync(AccountAddress owner, string serial, CancellationToken ct) => throw new NotSupportedException();

    public Task<byte[]?> FindPublicKeyAsync(AccountAddress account, CancellationToken ct) => throw new NotSupportedException();

    public Task<Coin> GetBalanceAsync(AccountAddress account, Denom denom, CancellationToken ct) => throw new NotSupportedException();

    public IAsyncEnumerable<MarketEventBatch> FollowAsync(MarketPosition? after, CancellationToken ct) => throw new NotSupportedException();

    private bool TryWithdraw(LeaseId id)
    {
        var lease = _leases[id];
        if (!lease.Lease.IsRunning) return false;
        if (_escrows[id.Deployment].SettledAt == Tick)
        {
            DoubleSettlements.Add($"{id} at {Tick}");
            return false;
        }

        Settle(id.Deployment);
        Pay(lease);
        return true;
    }

    private void Settle(DeploymentId id)
    {
        var escrow = _escrows[id];
        var passed = Tick - escrow.SettledAt;
        escrow.SettledAt = Tick;
        var running = _leases.Values.Where(lease => lease.Lease.Id.Deployment == id && lease.Lease.IsRunning).ToList();
        var overdrawn = false;
        foreach (var lease in running)
        {
            var due = Decimal18.FromInteger((lease.Lease.Price.Amount * passed).Floor());
            var paid = due <= escrow.Funds ? due : escrow.Funds;
            lease.Balance += paid;
            escrow.Funds -= due;
            overdrawn |= paid < due;
        }

        if (!overdrawn) return;
        escrow.State = EscrowState.Overdrawn;
        foreach (var lease in running) End(lease, LeaseState.InsufficientFunds, EscrowState.Overdrawn);
    }

    private void End(LeaseEntry lease, LeaseState state, EscrowState payment)
    {
        Pay(lease);
        lease.State = payment;
        lease.Lease = lease.Lease with { State = state, ClosedAt = Tick, CloseReason = state == LeaseState.Closed ? LeaseCloseReason.Owner : LeaseCloseReason.InsufficientFunds };
    }

    private void Pay(LeaseEntry lease)
    {
        var whole = (long)BigInteger.Max(0, lease.Balance.Floor());
        lease.Balance -= Decimal18.FromInteger(whole);
        lease.Withdrawn += whole;
        PaidOut += whole;
    }

    private LeaseAccount AccountOf(LeaseEntry lease)
    {
        var withdrawn = _stale is { } old && old.TryGetValue(lease.Lease.Id, out var total) ? total : Sample.Coin(lease.Withdrawn);
        return new(lease.Lease, new(lease.Lease.Id, lease.State, lease.Lease.Price, lease.Balance, withdrawn));
    }

    private void ThrowIfDown()
    {
        if (IsDown) throw new MarketUnavailableException("the market is down on purpose");
    }
}
