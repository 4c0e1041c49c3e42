using System.Runtime.CompilerServices;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Support;

/// <summary>A market in memory that keeps the rules a bidder depends on, raises events, and fails on demand.</summary>
internal sealed class ScriptedMarket(ManualTimeProvider time) : IMarketplace
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Order> _orders = new(StringComparer.Ordinal);
    private readonly Dictionary<BidId, Bid> _bids = [];
    private readonly Dictionary<LeaseId, LeaseAccount> _leases = [];
    private readonly List<MarketEvent> _events = [];
    private readonly List<MarketAction> _done = [];
    private readonly Dictionary<string, int> _calls = [];
    private readonly Dictionary<OrderId, Queue<MarketRefusal>> _refusals = [];
    private long _position;

    public AccountAddress Account => Build.Provider;

    public MarketClock Clock => Build.Clock;

    public MarketHealth Health => new(true, "scripted", null, null, "");

    public MarketParameters Parameters { get; set; } = Build.Parameters;

    public long Balance { get; set; } = 1_000_000_000;

    public ProviderRecord? Record { get; set; } = Build.Host().Record;

    /// <summary>Called with the name of each call, and with <c>Submit:done</c> after an action took effect; what it throws comes out of the call.</summary>
    public Action<string>? Fault { get; set; }

    /// <summary>When set, actions are taken in but answered only once this completes.</summary>
    public TaskCompletionSource? HoldReplies { get; set; }

    /// <summary>Hides bids from single questions, as a node that lags behind does.</summary>
    public bool HideBids { get; set; }

    /// <summary>The node knows no single order, as one that lags behind.</summary>
    public bool HideOrders { get; set; }

    /// <summary>Everything that took effect, in order.</summary>
    public IReadOnlyList<MarketAction> Done
    {
        get
        {
            lock (_gate) return [.. _done];
        }
    }

    public IReadOnlyList<Bid> Bids
    {
        get
        {
            lock (_gate) return [.. _bids.Values];
        }
    }

    public int Calls(string name)
    {
        lock (_gate) return _calls.GetValueOrDefault(name);
    }

    public MarketTick Now => new(1_000_000 + (long)((time.GetUtcNow() - new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)) / Clock.TickLength));

    public Bid BidOn(OrderId order) => Bids.Single(bid => bid.Id == new BidId(order, Account));

    public OrderId Post(int number, GroupSpec? group = null, TimeSpan? reclaim = null)
    {
        var id = Build.OrderId(number);
        lock (_gate)
        {
            _orders[id.ToString()] = new(id, OrderState.Open, group ?? Build.Group(), Now, reclaim);
            _events.Add(new MarketEvent.OrderCreated(id));
        }

        return id;
    }

    public void Accept(OrderId order, AccountAddress? provider = null)
    {
        var winner = provider ?? Account;
        lock (_gate)
        {
            foreach (var bid in _bids.Values.Where(bid => bid.Id.Order == order && bid.State == BidState.Open).ToList())
                _bids[bid.Id] = bid with { State = bid.Id.Provider == winner ? BidState.Active : BidState.Lost };
            _orders[order.ToString()] = _orders[order.ToString()] with { State = OrderState.Active };
            var id = new LeaseId(order, winner);
            var price = _bids.TryGetValue(new(order, winner), out var won) ? won.Price : Build.PerTick("1");
            if (winner == Account) _leases[id] = new(new(id, LeaseState.Active, price, Now, null, LeaseCloseReason.Unknown, null), new(id, EscrowState.Open, price, Decimal18.Zero, new(0, Build.Uact)));
            _events.Add(new MarketEvent.LeaseCreated(id, price));
        }
    }

    /// <summary>Closes the order and its bids.</summary>
    /// <param name="order">The order.</param>
    /// <param name="raise">The event that tells of it.</param>
    public void Close(OrderId order, MarketEvent raise)
    {
        lock (_gate)
        {
            _orders[order.ToString()] = _orders[order.ToString()] with { State = OrderState.Closed };
            foreach (var bid in _bids.Values.Where(bid => bid.Id.Order == order && bid.State == BidState.Open).ToList()) _bids[bid.Id] = bid with { State = BidState.Closed };
            _events.Add(raise);
        }
    }

    /// <summary>Another program with our key closes the bid.</summary>
    public void CloseOurBid(OrderId order)
    {
        lock (_gate) CloseBid(new(order, Account));
    }

    public void SetLeaseState(OrderId order, LeaseState state)
    {
        lock (_gate)
        {
            var id = new LeaseId(order, Account);
            _leases[id] = _leases[id] with { Lease = _leases[id].Lease with { State = state } };
        }
    }

    public void RefuseNext(OrderId order, params MarketRefusal[] refusals)
    {
        lock (_gate) _refusals[order] = new(refusals);
    }

    /// <summary>Events since the last call, as one batch.</summary>
    public MarketEventBatch TakeEvents(bool hasGap = false)
    {
        lock (_gate)
        {
            var batch = new MarketEventBatch(new(++_position), Now, time.GetUtcNow(), hasGap, [.. _events]);
            _events.Clear();
            return batch;
        }
    }

    public Task<MarketTick> GetTickAsync(CancellationToken ct) => Answer("GetTick", () => Now);

    public Task<MarketParameters> GetParametersAsync(CancellationToken ct) => Answer("GetParameters", () => Parameters);

    public Task<Order?> FindOrderAsync(OrderId id, CancellationToken ct) => Answer("FindOrder", () => HideOrders ? null : _orders.GetValueOrDefault(id.ToString()));

    public Task<Bid?> FindBidAsync(BidId id, CancellationToken ct) => Answer("FindBid", () => HideBids ? null : _bids.GetValueOrDefault(id));

    public Task<int> CountBidsAsync(OrderId id, CancellationToken ct) => Answer("CountBids", () => _bids.Values.Count(bid => bid.Id.Order == id && bid.State != BidState.Lost));

    public Task<LeaseAccount?> FindLeaseAsync(LeaseId id, CancellationToken ct) => Answer("FindLease", () => _leases.GetValueOrDefault(id));

    public Task<Deployment?> FindDeploymentAsync(DeploymentId id, CancellationToken ct) => Answer<Deployment?>("FindDeployment", () => null);

    public Task<ProviderRecord?> FindProviderAsync(AccountAddress account, CancellationToken ct) => Answer("FindProvider", () => Record);

    public Task<IReadOnlyList<AuditRecord>> ListAuditsAsync(AccountAddress provider, CancellationToken ct) => Answer<IReadOnlyList<AuditRecord>>("ListAudits", () => []);

    public Task<CertificateRecord?> FindCertificateAsync(AccountAddress owner, string serial, CancellationToken ct) => throw new NotSupportedException("a bidder does not ask for this");

    public Task<byte[]?> FindPublicKeyAsync(AccountAddress account, CancellationToken ct) => throw new NotSupportedException("a bidder does not ask for this");

    public Task<Coin> GetBalanceAsync(AccountAddress account, Denom denom, CancellationToken ct) => Answer("GetBalance", () => new Coin(Balance, denom));

    public IAsyncEnumerable<MarketEventBatch> FollowAsync(MarketPosition? after, CancellationToken ct) => throw new NotSupportedException("events are handed over by the test");

    public IAsyncEnumerable<Order> ListOpenOrdersAsync(CancellationToken ct) =>
        List("ListOpenOrders", () => _orders.Values.Where(order => order.State == OrderState.Open), ct);

    public IAsyncEnumerable<Bid> ListOwnBidsAsync(BidState state, CancellationToken ct) =>
        List("ListOwnBids", () => _bids.Values.Where(bid => bid.Id.Provider == Account && bid.State == state), ct);

    public IAsyncEnumerable<LeaseAccount> ListOwnLeasesAsync(LeaseState state, CancellationToken ct) =>
        List("ListOwnLeases", () => _leases.Values.Where(lease => lease.Lease.State == state), ct);

    public Task SettleAsync(CancellationToken ct) => Answer("Settle", () => true);

    public async Task<ActionOutcome> SubmitAsync(MarketAction action, CancellationToken ct)
    {
        var outcome = await Answer("Submit", () => Execute(action));
        if (HoldReplies is { } hold) await hold.Task.WaitAsync(ct);
        Fault?.Invoke("Submit:done");
        return outcome;
    }

    private ActionOutcome Execute(MarketAction action)
    {
        var order = action switch
        {
            MarketAction.PlaceBid place => place.Bid.Order,
            MarketAction.CloseBid close => close.Bid.Order,
            _ => throw new NotSupportedException($"a bidder does not do {action.GetType().Name}"),
        };
        var refusal = _refusals.TryGetValue(order, out var scripted) && scripted.TryDequeue(out var next) ? next
            : action is MarketAction.PlaceBid bid ? RefusePlace(bid) : RefuseClose(order);
        if (refusal is { } reason) return new ActionOutcome.Refused(reason, "scripted", new(0, Build.Uakt));

        _done.Add(action);
        if (action is MarketAction.PlaceBid placed) _bids[placed.Bid] = new(placed.Bid, BidState.Open, placed.Price, Now, placed.ReclaimWindow);
        else CloseBid(new(order, Account));
        return new ActionOutcome.Done($"tx{_done.Count}", Now, new(5000, Build.Uakt));
    }

    private MarketRefusal? RefusePlace(MarketAction.PlaceBid place)
    {
        if (!Parameters.MinBidDeposits.Any(minimum => minimum.Denom == place.Deposit.Denom && minimum.Amount <= place.Deposit.Amount)) return MarketRefusal.DepositInvalid;
        if (!_orders.TryGetValue(place.Bid.Order.ToString(), out var order)) return MarketRefusal.OrderNotFound;
        if (order.State != OrderState.Open) return MarketRefusal.OrderNotOpen;
        if (place.Price.IsAbove(order.Spec.PriceLimit)) return MarketRefusal.PriceAboveLimit;
        return _bids.ContainsKey(place.Bid) ? MarketRefusal.BidExists : null;
    }

    private MarketRefusal? RefuseClose(OrderId order) =>
        !_bids.TryGetValue(new(order, Account), out var bid) ? MarketRefusal.BidNotFound
        : bid.State is BidState.Open or BidState.Active ? null : MarketRefusal.BidNotOpen;

    private void CloseBid(BidId id)
    {
        if (_bids[id].State == BidState.Active) throw new InvalidOperationException($"closing {id} ended a lease");
        _bids[id] = _bids[id] with { State = BidState.Closed };
        _events.Add(new MarketEvent.BidClosed(id));
    }

    private async Task<T> Answer<T>(string call, Func<T> answer)
    {
        await Task.Yield();
        Count(call);
        Fault?.Invoke(call);
        lock (_gate) return answer();
    }

    private async IAsyncEnumerable<T> List<T>(string call, Func<IEnumerable<T>> items, [EnumeratorCancellation] CancellationToken ct)
    {
        await Task.Yield();
        Count(call);
        Fault?.Invoke(call);
        T[] page;
        lock (_gate) page = [.. items()];
        for (var index = 0; index < page.Length; index++)
        {
            ct.ThrowIfCancellationRequested();
            if (index == page.Length / 2) Fault?.Invoke($"{call}:half");
            yield return page[index];
        }
    }

    private void Count(string call)
    {
        lock (_gate) _calls[call] = _calls.GetValueOrDefault(call) + 1;
    }
}
