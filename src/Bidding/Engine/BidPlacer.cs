using Microsoft.Extensions.Logging;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Puts a decided bid on the market: intent first, then the act, then the outcome.</summary>
internal sealed partial class BidPlacer(
    IMarketplace market,
    OrderBook book,
    JournalKeeper journal,
    BidAdopter adopter,
    BidRefusals refusals,
    BiddingGate gate,
    BiddingActivity activity,
    SilenceAlarm alarm,
    BiddingMetrics metrics,
    InFlight inFlight,
    TimeProvider time,
    ILogger<BidPlacer> log)
{
    /// <summary>Writes the intent and hands the bid over; the market's answer is waited for beside the caller.</summary>
    /// <param name="worker">A worker that was just claimed; see <see cref="OrderBook.TryPlace"/>.</param>
    /// <param name="action">The bid.</param>
    /// <param name="decision">Writes the decision for it. It is waited for together with the intent, so that one wait for the disk serves both.</param>
    /// <param name="ct">Stops waiting; the intent stays, and the next start asks the market.</param>
    /// <exception cref="BidStoreUnavailableException">The decision or the intent is not written; nothing was done.</exception>
    public async Task BeginAsync(OrderWorker worker, MarketAction.PlaceBid action, Task decision, CancellationToken ct)
    {
        worker.Terms = new(action.Price, adopter.DueAt(TimeSpan.Zero));
        var intent = await BeginIntentAsync(new BidIntent.Place(action.Bid, action.Price, action.Deposit, action.ReclaimWindow), decision, ct);
        worker.Pending = new(intent, action);
        metrics.HandedOver(time.GetElapsedTime(worker.SeenAt) - worker.MarketWait);
        inFlight.Track(SubmitAsync(worker, intent, action, ct));
    }

    private async Task<BidIntentId> BeginIntentAsync(BidIntent.Place place, Task decision, CancellationToken ct)
    {
        var intent = journal.BeginAsync(place, ct);
        await Task.WhenAll(decision, intent).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!decision.IsCompletedSuccessfully && intent.IsCompletedSuccessfully)
        {
            await journal.CompleteAsync(await intent, BidIntentResult.Dropped, "the decision could not be written down");
        }

        await decision;
        return await intent;
    }

    /// <summary>Clears up a bid whose outcome did not come back: asks the market, and tries again if the bid is not there and the order still open.</summary>
    /// <remarks>Trying again cannot place two bids: the market takes one per order. Does nothing while somebody acts for the order.</remarks>
    public void Resume(OrderWorker worker, CancellationToken ct)
    {
        if (worker.Pending is { } pending && worker.TryAct()) inFlight.Track(ResumeAsync(worker, pending, ct));
    }

    private async Task ResumeAsync(OrderWorker worker, PendingBid pending, CancellationToken ct)
    {
        try
        {
            if (await market.FindBidAsync(pending.Action.Bid, ct) is { } bid)
            {
                await adopter.ApplyAsync(worker, bid, ct);
                await journal.CompleteAsync(pending.Intent, BidIntentResult.Found, $"the bid is {bid.State}");
                worker.Acted();
                return;
            }

            if (await market.FindOrderAsync(worker.Order, ct) is not { State: OrderState.Open })
            {
                book.Advance(worker, OrderSignal.OrderGone);
                await journal.CompleteAsync(pending.Intent, BidIntentResult.Dropped, "the order takes no bids any more");
                worker.Acted();
                return;
            }
        }
        catch (MarketUnavailableException e)
        {
            Log.OutcomeStillUnknown(log, worker.Order, e);
            worker.Acted();
            return;
        }

        await SubmitAsync(worker, pending.Intent, pending.Action, ct);
    }

    private async Task SubmitAsync(OrderWorker worker, BidIntentId intent, MarketAction.PlaceBid action, CancellationToken ct)
    {
        try
        {
            if (worker.Stage.IsFinal())
            {
                await journal.CompleteAsync(intent, BidIntentResult.Dropped, "the order came to an end before the bid was sent");
                return;
            }

            var outcome = await market.SubmitAsync(action, ct);
            metrics.Placed(outcome is ActionOutcome.Done);
            if (outcome is ActionOutcome.Refused refused)
            {
                await journal.CompleteAsync(intent, outcome);
                await refusals.HandleAsync(worker, action, refused, ct);
                return;
            }

            gate.Succeeded();
            activity.BidPlaced(time.GetUtcNow());
            alarm.Bid();
            worker.Terms = new(action.Price, adopter.DueAt(TimeSpan.Zero));
            if (book.Advance(worker, OrderSignal.BidFound) is not null) Log.BidPlaced(log, worker.Order, action.Price);
            await journal.CompleteAsync(intent, outcome);
        }
        catch (MarketUnavailableException e)
        {
            // It may have happened or not: everything stays as it is until the market can be asked.
            metrics.Placed(success: false);
            Log.OutcomeUnknown(log, worker.Order, e);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Stopping: the intent stays open, and the next start asks the market.
        }
        finally
        {
            worker.Acted();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3040, LogLevel.Information, "Bid on {Order} at {Price} is included; it is waited for", EventName = "BidPlaced")]
        public static partial void BidPlaced(ILogger logger, OrderId order, Rate price);

        [LoggerMessage(3041, LogLevel.Warning, "It is not known whether our bid on {Order} was included; its resources stay set aside until the market answers", EventName = "OutcomeUnknown")]
        public static partial void OutcomeUnknown(ILogger logger, OrderId order, Exception error);

        [LoggerMessage(3042, LogLevel.Debug, "The market cannot be asked about our bid on {Order} yet", EventName = "OutcomeStillUnknown")]
        public static partial void OutcomeStillUnknown(ILogger logger, OrderId order, Exception error);
    }
}
