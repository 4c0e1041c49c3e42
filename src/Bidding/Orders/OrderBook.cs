using Microsoft.Extensions.Logging;
using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>All live orders. The only place where a stage changes; the reservation changes in the same breath.</summary>
/// <remarks>Takes the lock of the reservation book inside its own; never the other way round. Safe for concurrent use.</remarks>
internal sealed partial class OrderBook(
    IReservationBook reservations,
    RememberedOrders remembered,
    BiddingMetrics metrics,
    IEnumerable<ILeaseWonHandler> handlers,
    IMarketplace market,
    TimeProvider time,
    ILogger<OrderBook> log)
{
    /// <summary>Most live orders beside those that we have a bid on. What does not fit is found again by the next listing.</summary>
    public const int Capacity = 4096;

    /// <summary>How long resources stay set aside if nobody renews them; they are renewed every minute while the bid may stand.</summary>
    public static readonly TimeSpan ReservationLifetime = TimeSpan.FromMinutes(15);

    private readonly Lock _gate = new();
    private readonly Dictionary<OrderId, OrderWorker> _live = [];
    private readonly ILeaseWonHandler[] _handlers = [.. handlers];
    private int _openBids;

    public int Count
    {
        get
        {
            lock (_gate) return _live.Count;
        }
    }

    /// <summary>Bids that stand or are on their way.</summary>
    public int OpenBids => Volatile.Read(ref _openBids);

    /// <summary>Takes up an order.</summary>
    /// <returns>Null when it is known already, or when <paramref name="isFull"/>.</returns>
    public OrderWorker? TryAdd(OrderId order, out bool isFull)
    {
        lock (_gate)
        {
            isFull = _live.Count - _openBids >= Capacity;
            if (isFull || _live.ContainsKey(order)) return null;
        }

        return GetOrAdd(order, out var isNew) is var worker && isNew ? worker : null;
    }

    /// <summary>Takes up an order that must not be missed: one with a bid of ours.</summary>
    public OrderWorker GetOrAdd(OrderId order, out bool isNew)
    {
        OrderWorker? worker;
        lock (_gate)
        {
            isNew = !_live.TryGetValue(order, out worker);
            if (worker is null) _live.Add(order, worker = new(order, time.GetTimestamp()));
        }

        if (isNew) metrics.HandlerStarted();
        return worker;
    }

    public OrderWorker? Find(OrderId order)
    {
        lock (_gate) return _live.GetValueOrDefault(order);
    }

    /// <summary>All live orders at this moment.</summary>
    public OrderWorker[] Live()
    {
        lock (_gate) return [.. _live.Values];
    }

    /// <summary>Applies a signal.</summary>
    /// <returns>The new stage; null when the signal changes nothing.</returns>
    public OrderStage? Advance(OrderWorker worker, OrderSignal signal)
    {
        OrderStage before, next;
        lock (_gate)
        {
            before = worker.Stage;
            if (OrderTable.Next(before, signal) is not { } found) return null;
            next = found;
            MoveTo(worker, next);
            if (next == OrderStage.BidOpen && worker.Facts is { } facts) reservations.EnsureReserved(worker.Order, facts.Group, ReservationLifetime);
        }

        Report(worker, before, next);
        return next;
    }

    /// <summary>Sets resources aside and claims one of the open bids, both or neither. On success the caller acts for the worker.</summary>
    public Placement TryPlace(OrderWorker worker, OrderFacts facts, int maxOpenBids)
    {
        lock (_gate)
        {
            if (OrderTable.Next(worker.Stage, OrderSignal.Place) is not { } next) return new Placement.Gone();
            if (_openBids >= maxOpenBids) return new Placement.NoneLeft();
            if (reservations.TryReserve(worker.Order, facts.Group, ReservationLifetime) is ReserveOutcome.Refused(var refusal)) return new Placement.DoesNotFit(refusal);
            worker.Facts = facts;
            worker.TryAct();
            MoveTo(worker, next);
            return new Placement.Claimed(reservations.Snapshot.Reservations[worker.Order].Allocation);
        }
    }

    /// <summary>Puts off the expiry of everything that is set aside for a bid that may stand.</summary>
    public void RenewReservations()
    {
        foreach (var worker in Live())
        {
            lock (_gate)
            {
                if (!worker.Stage.HoldsBid() || reservations.Renew(worker.Order, ReservationLifetime) || worker.Facts is not { } facts) continue;
                reservations.EnsureReserved(worker.Order, facts.Group, ReservationLifetime);
            }
        }
    }

    private void MoveTo(OrderWorker worker, OrderStage next)
    {
        _openBids += (next.HoldsBid() ? 1 : 0) - (worker.Stage.HoldsBid() ? 1 : 0);
        worker.Stage = next;
        if (!next.IsFinal()) return;
        if (next.IsSpent()) remembered.Spent(worker.Order); // before it leaves the book, or a listing would take it up again
        if (next != OrderStage.Won) reservations.Cancel(worker.Order);
        else if (worker.Facts is { } facts) reservations.EnsureAssigned(worker.Order, facts.Group);
        else reservations.Assign(worker.Order);
        _live.Remove(worker.Order);
    }

    private void Report(OrderWorker worker, OrderStage before, OrderStage next)
    {
        if (!next.IsFinal()) return;
        metrics.HandlerStopped();
        if (!before.HoldsBid() && next != OrderStage.Won) return;
        metrics.Completed(next);
        if (next == OrderStage.Won) Log.Won(log, worker.Order, worker.Terms?.Price);
        else if (next != OrderStage.Postponed) Log.Ended(log, worker.Order, next);
        if (next != OrderStage.Won) return;
        foreach (var handler in _handlers) handler.Handle(new(new LeaseId(worker.Order, market.Account), worker.Facts?.Group));
    }

    private static partial class Log
    {
        [LoggerMessage(3011, LogLevel.Information, "Our bid on {Order} at {Price} was accepted; its resources are assigned to the lease", EventName = "LeaseWon")]
        public static partial void Won(ILogger logger, OrderId order, Rate? price);

        [LoggerMessage(3012, LogLevel.Information, "Our bid on {Order} ended as {Stage}; its resources are for sale again", EventName = "BidEnded")]
        public static partial void Ended(ILogger logger, OrderId order, OrderStage stage);
    }
}

/// <summary>The answer to an attempt to claim what a bid needs.</summary>
internal abstract record Placement
{
    private Placement()
    {
    }

    public sealed record Claimed(Allocation Allocation) : Placement;

    public sealed record DoesNotFit(ReservationRefusal Refusal) : Placement;

    /// <summary>As many bids are open as we want.</summary>
    public sealed record NoneLeft : Placement;

    /// <summary>The order came to an end meanwhile.</summary>
    public sealed record Gone : Placement;
}
