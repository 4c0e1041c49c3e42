using Microsoft.Extensions.Logging;
using ProviderAgent.Chain.Endpoints;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Chain.Rpc;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Sending;

/// <summary>Draws the consequences once it is known what became of a transaction: who is told what, and who has to be tried again.</summary>
internal sealed partial class OutcomeSettler(
    SenderState state, SigningAccount account, FeePolicy fees, RefusalInquiry inquiry, SpendingBudget budget, FailureBrake brake, ITransactionOutbox outbox, EndpointPool pool, ChainMetrics metrics, ILogger<OutcomeSettler> log)
{
    // Each time that gas runs out the limit is raised by half.
    private const decimal BoostStep = 1.5m;

    public async Task SettleAsync(InclusionProof proof, CancellationToken ct)
    {
        var transaction = proof.Transaction;
        state.InFlight.Remove(transaction);
        switch (proof)
        {
            case InclusionProof.Included { Result: { Result.Code: 0 } result }:
                Log.Included(log, transaction.Hash.Hex, result.Height);
                pool.RaiseFloor(result.Height);
                await RecordAsync(transaction, new(OutboxState.Included, result.Height, ""), ct);
                foreach (var (pending, share) in Shares(transaction))
                {
                    metrics.ActionEnded(pending.Kind, "done");
                    brake.Done(pending.Kind);
                    pending.Complete(new ActionOutcome.Done(transaction.Hash.Hex, new(result.Height), Fee(pending.FeeSoFar + share)));
                }

                break;
            case InclusionProof.Included { Result: var failed }:
                Log.Failed(log, transaction.Hash.Hex, failed.Height, WireText.Shorten(failed.Result.Log));
                pool.RaiseFloor(failed.Height);
                await RecordAsync(transaction, new(OutboxState.Failed, failed.Height, WireText.Shorten(failed.Result.Log)), ct);
                foreach (var (pending, share) in Shares(transaction)) pending.FeeSoFar += share;
                await SplitAsync(transaction, failed.Result, ct);
                break;
            case InclusionProof.Void nothing:
                Log.Void(log, transaction.Hash.Hex, nothing.Cause);
                await RecordAsync(transaction, new(OutboxState.Expired, null, nothing.Cause), ct);
                account.Forget();
                state.Requeue(transaction.Actions);
                break;
            case InclusionProof.Untraceable:
                Log.Untraceable(log, transaction.Hash.Hex);
                await RecordAsync(transaction, new(OutboxState.Unknown, null, "the blocks that could tell are gone"), ct);
                account.Forget();
                foreach (var pending in transaction.Actions)
                {
                    pending.Fail(new MarketUnavailableException($"nobody can tell any more what became of transaction {transaction.Hash}; look at the market's state"));
                }

                break;
        }
    }

    /// <summary>Tells the one who waits that the market said no.</summary>
    /// <param name="pending">Who waits.</param>
    /// <param name="error">Registered error; null when there are only words.</param>
    /// <param name="text">The chain's words.</param>
    /// <param name="ct">Stops asking for the reason.</param>
    /// <param name="isPaid">The refusal came in a block and has cost a fee.</param>
    public async Task RefuseAsync(PendingAction pending, (string Codespace, uint Code)? error, string text, CancellationToken ct, bool isPaid = false)
    {
        MarketRefusal reason;
        try
        {
            reason = await inquiry.ExplainAsync(pending.Action, error, ct);
        }
        catch (OperationCanceledException)
        {
            pending.Cancel(); // it is in no list any more
            throw;
        }

        if (isPaid) brake.Failed(pending.Kind, reason);
        Log.Refused(log, pending.ToString(), reason, WireText.Shorten(text));
        metrics.ActionEnded(pending.Kind, reason.ToString());
        pending.Complete(new ActionOutcome.Refused(reason, text, Fee(pending.FeeSoFar)));
    }

    /// <summary>Tells the one who waits that it is we who do not send it.</summary>
    public void Decline(PendingAction pending, MarketRefusal reason, string text)
    {
        Log.Refused(log, pending.ToString(), reason, text);
        metrics.ActionEnded(pending.Kind, reason.ToString());
        pending.Complete(new ActionOutcome.Refused(reason, text, Fee(pending.FeeSoFar)));
    }

    /// <summary>Notes the outcome of a transaction, now or as soon as the outbox can take it.</summary>
    public async Task RecordAsync(InFlightTransaction transaction, OutboxOutcome outcome, CancellationToken ct)
    {
        metrics.TransactionEnded(outcome.State.ToString().ToLowerInvariant());
        if (outcome.State is OutboxState.Included or OutboxState.Failed && transaction.Fee.Amount > 0)
        {
            metrics.FeePaid(transaction.Fee);
            budget.Paid(transaction.Fee);
        }

        state.Unrecorded[transaction.Hash.Hex] = outcome;
        try
        {
            await RecordLeftOversAsync(ct);
        }
        catch (OperationCanceledException)
        {
            foreach (var pending in transaction.Actions) pending.Cancel(); // they are in no list any more
            throw;
        }
    }

    /// <summary>Tries again to note what the outbox could not take.</summary>
    public async Task RecordLeftOversAsync(CancellationToken ct)
    {
        foreach (var (hash, outcome) in state.Unrecorded.ToArray())
        {
            try
            {
                await outbox.CloseAsync(hash, outcome, ct);
                state.Unrecorded.Remove(hash);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Nothing is lost by it: the next start finds the same outcome out again.
                Log.NotRecorded(log, e, hash);
                return;
            }
        }
    }

    /// <summary>The chain carries out all messages of a transaction or none; those that were not to blame are tried again.</summary>
    private async Task SplitAsync(InFlightTransaction transaction, ExecutionResult result, CancellationToken ct)
    {
        var actions = transaction.Actions;
        if (result is { Codespace: "sdk", Code: SdkCodes.OutOfGas })
        {
            foreach (var pending in actions) pending.GasBoost *= BoostStep;
            if (transaction.GasLimit < fees.Ceiling) state.Requeue(actions);
            else if (actions.Count > 1) RequeueAlone(actions);
            else await RefuseAllAsync(actions, (result.Codespace, result.Code), $"more gas than chain.gas.ceiling ({fees.Ceiling}) is needed: {result.Log}", ct);
            return;
        }

        if (FailureText.MessageIndex(result.Log) is { } index && index < actions.Count)
        {
            state.Requeue(actions.Where((_, position) => position != index));
            await RefuseAsync(actions[index], (result.Codespace, result.Code), result.Log, ct, isPaid: true);
        }
        else if (actions.Count > 1)
        {
            RequeueAlone(actions);
        }
        else
        {
            await RefuseAllAsync(actions, (result.Codespace, result.Code), result.Log, ct);
        }
    }

    private async Task RefuseAllAsync(IReadOnlyList<PendingAction> actions, (string, uint) error, string text, CancellationToken ct)
    {
        foreach (var pending in actions) await RefuseAsync(pending, error, text, ct, isPaid: true);
    }

    private void RequeueAlone(IReadOnlyList<PendingAction> actions)
    {
        foreach (var pending in actions) pending.Alone = true;
        state.Requeue(actions);
    }

    /// <summary>Each action's part of the fee; the parts add up to the fee exactly.</summary>
    private static IEnumerable<(PendingAction Action, long Share)> Shares(InFlightTransaction transaction)
    {
        var count = transaction.Actions.Count;
        return transaction.Actions.Select((pending, i) => (pending, (transaction.Fee.Amount / count) + (i < transaction.Fee.Amount % count ? 1 : 0)));
    }

    private Coin Fee(long amount) => new(amount, fees.Denom);

    private static partial class Log
    {
        [LoggerMessage(1041, LogLevel.Information, "Transaction {Hash} is in block {Height}", EventName = "TransactionIncluded")]
        public static partial void Included(ILogger logger, string hash, long height);

        [LoggerMessage(1042, LogLevel.Warning, "Transaction {Hash} failed in block {Height}, its fee is spent; what was not to blame is tried again: {Cause}", EventName = "TransactionFailed")]
        public static partial void Failed(ILogger logger, string hash, long height, string cause);

        [LoggerMessage(1043, LogLevel.Warning, "Transaction {Hash} never happened ({Cause}); its actions are tried again", EventName = "TransactionVoid")]
        public static partial void Void(ILogger logger, string hash, string cause);

        [LoggerMessage(1044, LogLevel.Error, "Nobody can tell any more what became of transaction {Hash}; the market's state decides. Add an endpoint that keeps more history", EventName = "TransactionUntraceable")]
        public static partial void Untraceable(ILogger logger, string hash);

        [LoggerMessage(1045, LogLevel.Information, "Refused ({Reason}): {Action}: {Cause}", EventName = "ActionRefused")]
        public static partial void Refused(ILogger logger, string action, MarketRefusal reason, string cause);

        [LoggerMessage(1046, LogLevel.Warning, "The outcome of transaction {Hash} could not be recorded; it is tried again, and found out anew after a restart", EventName = "OutcomeNotRecorded")]
        public static partial void NotRecorded(ILogger logger, Exception error, string hash);
    }
}
