using Microsoft.Extensions.Logging;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Judges one order: reads it, screens, prices, decides, records, claims resources and hands the bid over.</summary>
internal sealed partial class OrderEvaluator(
    IMarketplace market,
    OrderBook book,
    RememberedOrders remembered,
    HostFactsSource host,
    IPricingPolicy pricing,
    PricingFactsSource pricingFacts,
    OrderRecorder recorder,
    SilenceAlarm alarm,
    IDecisionLog decisions,
    BidAdopter adopter,
    BidPlacer placer,
    BiddingGate gate,
    BiddingActivity activity,
    BiddingPulses pulses,
    BiddingMetrics metrics,
    TimeProvider time,
    ILogger<OrderEvaluator> log)
{
    /// <param name="worker">A worker that nobody has picked up yet; otherwise nothing is done.</param>
    /// <param name="listed">The order as a listing showed it, when it comes from one.</param>
    /// <param name="ct">Stops judging; nothing is lost, the next start finds the order again.</param>
    public async Task EvaluateAsync(OrderWorker worker, Order? listed, CancellationToken ct)
    {
        var isOurs = book.Advance(worker, OrderSignal.Picked) is not null;
        if (!isOurs && worker.Stage is not (OrderStage.OrderClosed or OrderStage.Lost)) return;
        try
        {
            // An order that ended before its turn came is judged too: no order goes by without a reason.
            await JudgeAsync(worker, listed, ct);
        }
        catch (MarketUnavailableException e)
        {
            metrics.DecisionFailed();
            Log.OrderPostponed(log, worker.Order, e);
            book.Advance(worker, OrderSignal.Postpone);
        }
        catch (BidStoreUnavailableException e)
        {
            metrics.DecisionFailed();
            if (gate.Pause($"decisions and intents cannot be written down: {e.Message}")) Log.StoreUnavailable(log, e);
            book.Advance(worker, OrderSignal.Postpone);
        }
    }

    private async Task JudgeAsync(OrderWorker worker, Order? listed, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        if (listed is not null)
        {
            // Most listed orders are old acquaintances: the market is asked nothing about one that is declined anyway.
            var known = OrderFacts.Of(listed);
            var now = host.Gather();
            if (await DecideAsync(known, now, ct) is BidDecision.Decline early)
            {
                await DeclineAsync(worker, known, now, early, started, ct);
                return;
            }
        }

        if (await ReadAsync(worker, ct) is not { } present)
        {
            await DeclineAsync(worker, Unknown(worker.Order), host.Gather(), new(DeclineReason.Unreadable, "the market's description of the order makes no sense"), started, ct);
            return;
        }

        var ours = host.Gather();
        if (present.Order is not { State: OrderState.Open } order || worker.Stage.IsFinal())
        {
            await MeetEndedOrderAsync(worker, present, ours, started, ct);
            return;
        }

        var facts = OrderFacts.Of(order, present.BidCount);
        if (present.Bid is { } bid)
        {
            await MeetOwnBidAsync(worker, facts, ours, bid, started, ct);
            return;
        }

        switch (await DecideAsync(facts, ours, ct))
        {
            case BidDecision.Decline decline:
                await DeclineAsync(worker, facts, ours, decline, started, ct);
                break;
            case BidDecision.Submit submit:
                await BidAsync(worker, facts, ours, submit, started, ct);
                break;
        }
    }

    /// <summary>The order, our bid on it if there is one, and how many bids it has; null when the market's answer makes no sense.</summary>
    private async Task<PresentState?> ReadAsync(OrderWorker worker, CancellationToken ct)
    {
        var asked = time.GetTimestamp();
        try
        {
            var order = market.FindOrderAsync(worker.Order, ct);
            var bid = market.FindBidAsync(new(worker.Order, market.Account), ct);
            var count = market.CountBidsAsync(worker.Order, ct);
            await Task.WhenAll(order, bid, count);
            return new(await order, await bid, await count);
        }
        catch (MarketUnavailableException e) when (!e.IsTransient)
        {
            Log.OrderUnreadable(log, worker.Order, e);
            return null;
        }
        finally
        {
            worker.MarketWait += time.GetElapsedTime(asked);
        }
    }

    private async Task<BidDecision> DecideAsync(OrderFacts order, HostFacts ours, CancellationToken ct)
    {
        try
        {
            if (BidRules.Screen(order, ours) is { } objection) return objection;
            var request = pricingFacts.Request(order, ours);
            return BidRules.Judge(order, await pricing.PriceAsync(request, ct), request.Facts);
        }
        catch (Exception e) when (e is not (OperationCanceledException or MarketUnavailableException or BidStoreUnavailableException))
        {
            // An order that breaks our arithmetic must not stop the daemon: whoever posts it could do so again and again.
            Log.DecisionBroken(log, order.Id, e);
            return new BidDecision.Decline(DeclineReason.Unreadable, $"the order could not be judged ({e.GetType().Name}); this is a defect, please report it");
        }
    }

    private async Task MeetOwnBidAsync(OrderWorker worker, OrderFacts facts, HostFacts ours, Bid bid, long started, CancellationToken ct)
    {
        worker.Facts = facts;
        if (bid.State is BidState.Closed or BidState.Lost)
        {
            await DeclineAsync(worker, facts, ours, new(DeclineReason.AlreadyBid, $"our bid on this order is {bid.State}, and there is only one per order"), started, ct);
            remembered.Spent(worker.Order);
            return;
        }

        await adopter.ApplyAsync(worker, bid, ct);
    }

    /// <summary>An order that takes no bids any more. An earlier decision stays: it says more than that the order is gone.</summary>
    private async Task MeetEndedOrderAsync(OrderWorker worker, PresentState present, HostFacts ours, long started, CancellationToken ct)
    {
        var was = present.Order is { } order ? OrderFacts.Of(order, present.BidCount) : Unknown(worker.Order);
        var decline = new BidDecision.Decline(DeclineReason.OrderGone, Ending(present.Order, worker.Stage));
        if (present.Bid is null && !remembered.IsKnown(worker.Order) && await decisions.RecordFirstAsync(DecisionRecord.Of(was, ours, decline, time.GetUtcNow()), ct))
        {
            metrics.Decided(time.GetElapsedTime(started));
            recorder.Seen(was, pricingFacts.Akt);
            metrics.Declined(decline.Reason);
            alarm.Declined(decline.Reason);
            activity.Decided(time.GetUtcNow());
            Log.Declined(log, worker.Order, decline.Reason, decline.Detail);
        }

        book.Advance(worker, OrderSignal.OrderGone);
    }

    /// <summary>What is known of an order that the market does not describe.</summary>
    private static OrderFacts Unknown(OrderId order) => new(order, new("", PlacementRequirements.None, []), null, null);

    private static string Ending(Order? order, OrderStage stage) => (order?.State, stage) switch
    {
        (OrderState.Active, _) or (_, OrderStage.Lost) => "the order had gone to another provider when it was looked at",
        (null, _) => "the market does not know the order any more",
        _ => "the order was closed when it was looked at",
    };

    private async Task DeclineAsync(OrderWorker worker, OrderFacts facts, HostFacts ours, BidDecision.Decline decline, long started, CancellationToken ct)
    {
        metrics.Decided(time.GetElapsedTime(started));
        if (!remembered.IsDeclined(worker.Order, decline.Reason))
        {
            await decisions.RecordAsync(DecisionRecord.Of(facts, ours, decline, time.GetUtcNow()), ct);
            if (!remembered.IsKnown(worker.Order)) recorder.Seen(facts, pricingFacts.Akt);
            remembered.Declined(worker.Order, decline.Reason);
            metrics.Declined(decline.Reason);
            alarm.Declined(decline.Reason);
            activity.Decided(time.GetUtcNow());
            Log.Declined(log, worker.Order, decline.Reason, decline.Detail);
        }

        book.Advance(worker, OrderSignal.Decline);
    }

    private async Task BidAsync(OrderWorker worker, OrderFacts facts, HostFacts ours, BidDecision.Submit submit, long started, CancellationToken ct)
    {
        metrics.Decided(time.GetElapsedTime(started));
        switch (book.TryPlace(worker, facts, ours.MaxOpenBids))
        {
            case Placement.Claimed(var allocation) when !PickedGpu.AreAlike(submit.Facts?.Gpus ?? [], PickedGpu.Of(ours.Inventory, allocation.Gpus)):
                // There were others, but those have a price of their own.
                worker.Acted();
                await DeclineAsync(worker, facts, ours, new(DeclineReason.Gpu, "the GPUs that the price was made for went to another order meanwhile; it is looked at again"), started, ct);
                pulses.Scan.Wake();
                break;
            case Placement.Claimed(var allocation):
                var action = Action(worker, ours, submit.Quote, allocation.Units);
                await placer.BeginAsync(worker, action, decisions.RecordAsync(DecisionRecord.Of(facts, ours, submit, time.GetUtcNow()), ct), ct);
                NoteAccepted(worker, facts);
                break;
            case Placement.NoneLeft:
                await DeclineAsync(worker, facts, ours, OpenBidsRule.Decline(ours.MaxOpenBids), started, ct);
                break;
            case Placement.DoesNotFit(var refusal):
                await DeclineAsync(worker, facts, ours, FitRule.Decline(refusal), started, ct);
                break;
            case Placement.Gone:
                await decisions.RecordAsync(DecisionRecord.Of(facts, ours, submit, time.GetUtcNow()), ct);
                NoteAccepted(worker, facts);
                break;
        }
    }

    private void NoteAccepted(OrderWorker worker, OrderFacts facts)
    {
        if (!remembered.IsKnown(worker.Order)) recorder.Seen(facts, pricingFacts.Akt);
        metrics.Accepted();
        activity.Decided(time.GetUtcNow());
    }

    private MarketAction.PlaceBid Action(OrderWorker worker, HostFacts ours, Quote quote, ValueList<ResourceUnit> offer) => new(
        new(worker.Order, market.Account),
        quote.Price,
        ours.Deposit ?? throw new InvalidOperationException("a bid was decided on without a deposit"),
        offer,
        ReclaimRule.Offered(ours.ReclaimWindow, ours.Parameters));

    private sealed record PresentState(Order? Order, Bid? Bid, int BidCount);
}
