using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>What to do about each kind of refusal of a bid. A refusal may have cost a fee, so none is run into twice for the same reason.</summary>
internal sealed partial class BidRefusals(
    IMarketplace market,
    OrderBook book,
    MarketFacts facts,
    HostFactsSource host,
    BidAdopter adopter,
    IDecisionLog decisions,
    RememberedOrders remembered,
    BiddingGate gate,
    BiddingPulses pulses,
    BiddingMetrics metrics,
    IOptionsMonitor<BiddingOptions> options,
    TimeProvider time,
    ILogger<BidRefusals> log)
{
    /// <exception cref="MarketUnavailableException">The market has to be asked something and does not answer; the bid's outcome stays unknown.</exception>
    public async Task HandleAsync(OrderWorker worker, MarketAction.PlaceBid action, ActionOutcome.Refused refused, CancellationToken ct)
    {
        switch (refused.Reason)
        {
            case MarketRefusal.OrderNotFound or MarketRefusal.OrderNotOpen:
                book.Advance(worker, OrderSignal.OrderGone);
                break;
            case MarketRefusal.BidExists:
                // Where a lagging node does not show it yet, the sweep asks again.
                if (await market.FindBidAsync(action.Bid, ct) is { } bid) await adopter.ApplyAsync(worker, bid, ct);
                break;
            case MarketRefusal.TooManyBids:
                await DeclineAsync(worker, new(DeclineReason.OrderFull, refused.Detail), OrderSignal.Decline, ct);
                break;
            case MarketRefusal.DepositInvalid:
                await DepositRefusedAsync(worker, action, refused, ct);
                break;
            case MarketRefusal.InsufficientFunds:
                Hold(worker, $"account {market.Account} cannot pay a deposit of {action.Deposit} and the fee: send it funds");
                break;
            case MarketRefusal.BudgetSpent:
                Hold(worker, refused.Detail);
                break;
            case MarketRefusal.FeeTooLow:
                Hold(worker, $"the market's nodes want a higher fee ({refused.Detail}): raise chain.gas.price");
                break;
            case MarketRefusal.Unauthorized:
                Hold(worker, $"account {market.Account} is unknown to the market or the key is not its own: send it its first funds, or check chain.key");
                break;
            case MarketRefusal.ProviderNotRegistered:
                Hold(worker, $"{market.Account} is not registered as a provider on this market: run 'provider-agent register'");
                pulses.Reconcile.Wake();
                break;
            default:
                Log.BidRefused(log, worker.Order, refused.Reason, refused.Detail);
                pulses.Reconcile.Wake(); // our attributes or the market's rules may have changed: read them again
                await DeclineAsync(worker, new(DeclineReason.RefusedByMarket, $"{refused.Reason}: {refused.Detail}"), OrderSignal.BidRefused, ct);
                break;
        }
    }

    private async Task DepositRefusedAsync(OrderWorker worker, MarketAction.PlaceBid action, ActionOutcome.Refused refused, CancellationToken ct)
    {
        await facts.RefreshAsync(ct);
        if (DepositRule.Choose(options.CurrentValue.Deposit, facts.Current.Parameters.MinBidDeposits) is { } deposit && deposit != action.Deposit)
        {
            Log.DepositChanged(log, action.Deposit, deposit);
            book.Advance(worker, OrderSignal.Postpone);
            pulses.Scan.Wake();
            return;
        }

        Hold(worker, $"the market refuses a deposit of {action.Deposit} ({refused.Detail}): set bidding.deposit");
    }

    private void Hold(OrderWorker worker, string reason)
    {
        if (gate.Pause(reason)) Log.BiddingPauses(log, reason);
        book.Advance(worker, OrderSignal.Postpone);
    }

    private async Task DeclineAsync(OrderWorker worker, BidDecision.Decline decline, OrderSignal signal, CancellationToken ct)
    {
        metrics.Declined(decline.Reason);
        remembered.Declined(worker.Order, decline.Reason);
        try
        {
            if (worker.Facts is { } order) await decisions.RecordAsync(DecisionRecord.Of(order, host.Gather(), decline, time.GetUtcNow()), ct);
        }
        catch (BidStoreUnavailableException e)
        {
            Log.RefusalNotRecorded(log, worker.Order, e);
        }

        book.Advance(worker, signal);
    }

    private static partial class Log
    {
        [LoggerMessage(3050, LogLevel.Warning, "The market refused our bid on {Order} ({Reason}: {Detail}); the order is given up", EventName = "BidRefused")]
        public static partial void BidRefused(ILogger logger, OrderId order, MarketRefusal reason, string detail);

        [LoggerMessage(3051, LogLevel.Error, "Bidding pauses: {Reason}", EventName = "BiddingPauses")]
        public static partial void BiddingPauses(ILogger logger, string reason);

        [LoggerMessage(3052, LogLevel.Warning, "The market does not take a deposit of {Old} any more; {New} is locked from now on", EventName = "DepositChanged")]
        public static partial void DepositChanged(ILogger logger, Coin old, Coin @new);

        [LoggerMessage(3053, LogLevel.Warning, "The refusal of our bid on {Order} could not be recorded", EventName = "RefusalNotRecorded")]
        public static partial void RefusalNotRecorded(ILogger logger, OrderId order, Exception error);
    }
}
