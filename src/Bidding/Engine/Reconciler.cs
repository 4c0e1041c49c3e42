using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Compares what we believe of our bids and leases with what the market says, and follows the market.</summary>
/// <remarks>Acts only on what the market said: nothing is released because something could not be read.</remarks>
internal sealed partial class Reconciler(
    IMarketplace market,
    MarketFacts facts,
    OrderBook book,
    GroupReader groups,
    IReservationBook reservations,
    BidAdopter adopter,
    BidPlacer placer,
    BidCloser closer,
    BiddingPulses pulses,
    IOptionsMonitor<BiddingOptions> options,
    TimeProvider time,
    ILogger<Reconciler> log)
{
    // A bid that was seen once does not vanish from the market; a node that lags behind may not show it for some blocks.
    private const int SweepsUntilGone = 3;

    private int _completeSweeps;
    private volatile bool _isSkipping;

    /// <exception cref="MarketUnavailableException">The market could not be asked; what was found until then stands.</exception>
    public async Task ReconcileAsync(CancellationToken ct)
    {
        _isSkipping = false;
        await facts.RefreshAsync(ct);
        var open = await AdoptOpenBidsAsync(ct);
        await AssignLeasesAsync(LeaseState.Active, ct);
        await AssignLeasesAsync(LeaseState.Reclaiming, ct);
        await LookAfterAsync(open, ct);
        if (!_isSkipping && ++_completeSweeps >= SweepsUntilGone) reservations.AllBooked();
    }

    private async Task<ConcurrentDictionary<OrderId, byte>> AdoptOpenBidsAsync(CancellationToken ct)
    {
        var open = new ConcurrentDictionary<OrderId, byte>();
        await Parallel.ForEachAsync(market.ListOwnBidsAsync(BidState.Open, ct), Parallelism(ct), async (bid, token) =>
        {
            pulses.Reconcile.Watch.Progress();
            open[bid.Id.Order] = 0;
            if (book.Find(bid.Id.Order) is { Stage: not (OrderStage.Seen or OrderStage.Evaluating) }) return;
            if (await groups.FindAsync(bid.Id.Order, token) is not { } order)
            {
                _isSkipping = true;
                Log.UnknownOrder(log, bid.Id.Order);
                return;
            }

            var worker = book.GetOrAdd(bid.Id.Order, out _);
            worker.Facts ??= order;
            await adopter.ApplyAsync(worker, bid, token);
        });
        return open;
    }

    private Task AssignLeasesAsync(LeaseState state, CancellationToken ct) =>
        Parallel.ForEachAsync(market.ListOwnLeasesAsync(state, ct), Parallelism(ct), async (account, token) =>
        {
            pulses.Reconcile.Watch.Progress();
            var id = account.Lease.Id;
            var worker = book.Find(id.Order);
            if (worker is { Facts: not null }) book.Advance(worker, OrderSignal.LeaseOurs);
            if (reservations.Snapshot.Reservations.TryGetValue(id.Order, out var held) && held.IsAssigned) return;
            if (await groups.FindAsync(id.Order, token) is not { } order)
            {
                _isSkipping = true;
                Log.UnknownOrder(log, id.Order);
                return;
            }

            // The listing may be older than the lease's end, and whoever released the resources then does not come back to do it again.
            if (await market.FindLeaseAsync(id, token) is not { Lease.IsRunning: true }) return;
            reservations.EnsureAssigned(id.Order, order.Group);
            if (worker is not null) book.Advance(worker, OrderSignal.LeaseOurs);
            Log.LeaseFound(log, id);
        });

    private async Task LookAfterAsync(ConcurrentDictionary<OrderId, byte> open, CancellationToken ct)
    {
        foreach (var worker in book.Live())
        {
            pulses.Reconcile.Watch.Progress();
            switch (worker.Stage)
            {
                case OrderStage.Placing:
                    placer.Resume(worker, ct);
                    break;
                case OrderStage.BidOpen or OrderStage.Closing when !open.ContainsKey(worker.Order):
                    await AskForBidAsync(worker, ct);
                    break;
                case OrderStage.BidOpen or OrderStage.Closing when worker.Terms is not { } terms || terms.DueAt <= time.GetTimestamp():
                    closer.TakeBack(worker, ct);
                    break;
                default:
                    worker.TimesMissing = 0;
                    break;
            }
        }
    }

    /// <summary>The listing does not hold the bid: it may be accepted, lost, closed, or younger than the listing.</summary>
    private async Task AskForBidAsync(OrderWorker worker, CancellationToken ct)
    {
        if (await market.FindBidAsync(new(worker.Order, market.Account), ct) is { } bid)
        {
            worker.TimesMissing = 0;
            if (bid.State != BidState.Open) await adopter.ApplyAsync(worker, bid, ct);
            return;
        }

        if (++worker.TimesMissing < SweepsUntilGone) return;
        Log.BidVanished(log, worker.Order, worker.TimesMissing);
        book.Advance(worker, OrderSignal.BidGone);
    }

    private ParallelOptions Parallelism(CancellationToken ct) => new() { MaxDegreeOfParallelism = options.CurrentValue.Evaluators, CancellationToken = ct };

    private static partial class Log
    {
        [LoggerMessage(3070, LogLevel.Error, "The market knows neither order nor group of {Order}, which we have a bid or lease on; its resources cannot be set aside", EventName = "UnknownOrder")]
        public static partial void UnknownOrder(ILogger logger, OrderId order);

        [LoggerMessage(3071, LogLevel.Information, "Lease {Lease} runs; its resources are assigned", EventName = "LeaseFound")]
        public static partial void LeaseFound(ILogger logger, LeaseId lease);

        [LoggerMessage(3072, LogLevel.Error, "The market does not know our bid on {Order} any more, {Times} sweeps in a row; it is given up", EventName = "BidVanished")]
        public static partial void BidVanished(ILogger logger, OrderId order, int times);
    }
}
