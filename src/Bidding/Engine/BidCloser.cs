using Microsoft.Extensions.Logging;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Takes back a bid that stood as long as it may. The market is asked first: closing a bid that was accepted would end the lease.</summary>
internal sealed partial class BidCloser(
    IMarketplace market, OrderBook book, JournalKeeper journal, BidAdopter adopter, BiddingGate gate, BiddingMetrics metrics, InFlight inFlight, ILogger<BidCloser> log)
{
    /// <summary>Starts taking the bid back; does nothing while somebody acts for the order. What fails is tried again with the next sweep.</summary>
    public void TakeBack(OrderWorker worker, CancellationToken ct)
    {
        if (worker.TryAct()) inFlight.Track(TakeBackAsync(worker, ct));
    }

    private async Task TakeBackAsync(OrderWorker worker, CancellationToken ct)
    {
        try
        {
            var id = new BidId(worker.Order, market.Account);
            if (await market.FindBidAsync(id, ct) is not { } bid) return; // a node that lags behind; the sweep counts these
            if (bid.State != BidState.Open)
            {
                await adopter.ApplyAsync(worker, bid, ct);
                return;
            }

            book.Advance(worker, OrderSignal.TimeReached);
            if (worker.Stage != OrderStage.Closing) return;
            var intent = await journal.BeginAsync(new BidIntent.TakeBack(id), ct);
            var outcome = await market.SubmitAsync(new MarketAction.CloseBid(id, LeaseCloseReason.Unspecified), ct);
            metrics.TakenBack(outcome is ActionOutcome.Done);
            if (outcome is ActionOutcome.Refused refused) await RefusedAsync(worker, id, refused, ct);
            else book.Advance(worker, OrderSignal.TakenBack);
            await journal.CompleteAsync(intent, outcome);
        }
        catch (MarketUnavailableException e)
        {
            Log.TakeBackDelayed(log, worker.Order, e);
        }
        catch (BidStoreUnavailableException e)
        {
            Log.TakeBackDelayed(log, worker.Order, e);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Stopping: the bid stands, and the next run takes it back.
        }
        finally
        {
            worker.Acted();
        }
    }

    private async Task RefusedAsync(OrderWorker worker, BidId id, ActionOutcome.Refused refused, CancellationToken ct)
    {
        if (refused.Reason is MarketRefusal.InsufficientFunds or MarketRefusal.FeeTooLow or MarketRefusal.Unauthorized)
            gate.Pause($"account {market.Account} cannot send anything to the market ({refused.Reason}: {refused.Detail})");

        // Each try may cost a fee: the next one is as far off as the first was.
        if (worker.Terms is { } terms) worker.Terms = terms with { DueAt = adopter.DueAt(TimeSpan.Zero) };
        Log.TakeBackRefused(log, worker.Order, refused.Reason, refused.Detail);
        if (await market.FindBidAsync(id, ct) is { State: not BidState.Open } bid) await adopter.ApplyAsync(worker, bid, ct);
    }

    private static partial class Log
    {
        [LoggerMessage(3060, LogLevel.Warning, "Our bid on {Order} cannot be taken back now; it is tried again with the next sweep", EventName = "TakeBackDelayed")]
        public static partial void TakeBackDelayed(ILogger logger, OrderId order, Exception error);

        [LoggerMessage(3061, LogLevel.Warning, "The market refused to take back our bid on {Order} ({Reason}: {Detail})", EventName = "TakeBackRefused")]
        public static partial void TakeBackRefused(ILogger logger, OrderId order, MarketRefusal reason, string detail);
    }
}
