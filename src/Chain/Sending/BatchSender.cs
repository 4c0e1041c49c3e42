using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Chain.Endpoints;
using ProviderAgent.Chain.Following;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Chain.Rpc;
using ProviderAgent.Chain.Transactions;
using ProviderAgent.Chain.Wire.Tx;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Sending;

/// <summary>Brings one batch of actions on its way: simulate, sign, write down, send. In this order, so that a crash anywhere loses and doubles nothing.</summary>
internal sealed partial class BatchSender(
    SenderState state, SigningAccount account, FeePolicy fees, SpendingBudget budget, FailureBrake brake, UnorderedDeadlines deadlines, OutcomeSettler settler, ITransactionOutbox outbox, ISigner signer,
    EndpointPool pool, HeadWatcher heads, ChainMetrics metrics, IOptions<ChainOptions> options, TimeProvider time, ILogger<BatchSender> log)
{
    // A node that changes its mind about the sequence more often than this is asked again later.
    private const int MaxCorrections = 3;

    private Endpoint? _endpoint;
    private bool _hasRetriedSignature;

    /// <summary>The coin that fees are paid in.</summary>
    public Denom FeeDenom => fees.Denom;

    /// <summary>The node that gets all transactions. When it changes, those under way go to the new one too: consecutive sequences must lie in one node's pool.</summary>
    public Endpoint Endpoint
    {
        get
        {
            var current = pool.Current;
            if (_endpoint is not null && _endpoint != current) state.DoubtInFlight();
            return _endpoint = current;
        }
    }

    /// <summary>Sends what can be sent of the batch. What cannot be sent now waits again; what the market refuses is told so.</summary>
    /// <exception cref="EndpointException">The endpoint failed before anything was sent.</exception>
    /// <exception cref="MarketUnavailableException">As above.</exception>
    /// <exception cref="OutboxException">The transaction could not be written down and was not sent.</exception>
    public async Task SendAsync(List<PendingAction> batch, CancellationToken ct)
    {
        try
        {
            HoldBackFailing(batch);
            await HoldBackBidsAsync(batch, 0, ct);
            if (batch.Count == 0) return;
            if (!account.IsInSync && !await account.SyncAsync(ct))
            {
                var text = $"account {signer.Address} does not exist on {pool.Network} yet; send it some {fees.Denom} for fees and deposits";
                await RefuseAllAsync(batch, ("sdk", 9), text, ct);
                return;
            }

            var endpoint = Endpoint;
            await fees.LearnAsync(endpoint, again: false, ct);
            if (await SimulateAsync(batch, endpoint, ct) is not { } gas) return;
            if (await HoldBackBidsAsync(batch, fees.FeeFor(gas, endpoint).Amount, ct)) return; // what is left has another price
            var transaction = await SignAsync(batch, gas, endpoint, ct);
            batch.Clear(); // from here on they belong to the transaction
            await HandOverAsync(transaction, endpoint, ct);
        }
        finally
        {
            state.Requeue(batch);
        }
    }

    /// <inheritdoc cref="SpendingBudget.LoadAsync"/>
    public Task LoadSpendingAsync(CancellationToken ct) => budget.LoadAsync(ct);

    /// <summary>Refuses what has failed too often of late, each time for a fee.</summary>
    private void HoldBackFailing(List<PendingAction> batch)
    {
        foreach (var pending in batch.ToArray())
        {
            if (brake.FindStop(pending.Kind) is not { } reason) continue;
            batch.Remove(pending);
            settler.Decline(pending, MarketRefusal.TooManyFailures, reason);
        }
    }

    /// <summary>Refuses the bids of a batch when they would go beyond the budget; true when it did.</summary>
    private async Task<bool> HoldBackBidsAsync(List<PendingAction> batch, long fee, CancellationToken ct)
    {
        if (await budget.FindExcessAsync(batch, fee, ct) is not { } reason) return false;
        foreach (var pending in batch.Where(pending => pending.Action is MarketAction.PlaceBid).ToArray())
        {
            batch.Remove(pending);
            settler.Decline(pending, MarketRefusal.BudgetSpent, reason);
        }

        return true;
    }

    /// <summary>The transaction's body: with its last block, and in unordered mode with the moment that stands in for the sequence.</summary>
    private TxBody Body(List<PendingAction> batch, ChainHead head)
    {
        var body = TransactionBuilder.Body(batch.Select(pending => pending.Message), (ulong)(head.Height + deadlines.TimeoutBlocks), options.Value.Memo);
        if (options.Value.Unordered) (body.Unordered, body.TimeoutTimestamp) = (true, deadlines.Next(head.Time));
        return body;
    }

    /// <summary>The gas limit, after taking out what the market refuses; null when nothing is left to send now.</summary>
    private async Task<long?> SimulateAsync(List<PendingAction> batch, Endpoint endpoint, CancellationToken ct)
    {
        for (var corrections = 0; batch.Count > 0;)
        {
            state.Watch.Progress();
            var fee = new Fee { Amount = { WireCoins.ToWire(new Coin(1, fees.Denom)) } }; // taking a fee costs gas, so there must be one
            if (options.Value.Gas.FeeGranter is { Length: > 0 } granter) fee.Granter = granter;
            var body = Body(batch, await heads.WaitForAsync(0, ct));
            body.TimeoutHeight = 0; // a trial needs no end, and our idea of the latest block may be old
            var trial = TransactionBuilder.ForSimulation(body, fee, signer.PublicKey, options.Value.Unordered ? 0 : account.Next.Sequence);
            switch (await pool.AskOneAsync(endpoint, (node, stop) => Simulator.TryAsync(node, trial, pool.Floor, stop), ct))
            {
                case SimulationResult.Succeeded { GasUsed: var used }:
                    var limit = fees.GasLimit(used, batch.Max(pending => pending.GasBoost));
                    if (limit <= fees.Ceiling) return limit;
                    if (Halve(batch)) continue;
                    await RefuseAllAsync(batch, ("sdk", SdkCodes.OutOfGas), $"{used} gas is needed, more than chain.gas.ceiling ({fees.Ceiling})", ct);
                    return null;
                case SimulationResult.SequenceMismatch mismatch:
                    if (state.InFlight.Count > 0)
                    {
                        // The node has not got what we sent before, or somebody else uses the key: that is cleared up first.
                        state.DoubtInFlight();
                        account.Forget();
                        return null;
                    }

                    if (++corrections > MaxCorrections) throw new EndpointException(EndpointFault.Stale, $"{endpoint} does not settle on a sequence");
                    Log.SequenceCorrected(log, account.Next.Sequence, mismatch.Expected);
                    if (mismatch.Expected is { } expected) account.Expect(expected);
                    else account.Forget();
                    if (!account.IsInSync && !await account.SyncAsync(ct)) return null;
                    break;
                case SimulationResult.Failed failed when RefusalMap.FromText(failed.Text) is ("sdk", SdkCodes.TimeoutHeight or SdkCodes.Timeout):
                    heads.Wake();
                    throw new EndpointException(EndpointFault.Stale, $"{endpoint} is ahead of the latest block that is known");
                case SimulationResult.Failed failed:
                    await TakeOutAsync(batch, failed, ct);
                    break;
            }
        }

        return null;
    }

    private async Task TakeOutAsync(List<PendingAction> batch, SimulationResult.Failed failed, CancellationToken ct)
    {
        var error = RefusalMap.FromText(failed.Text);
        if (failed.MessageIndex is { } index && index < batch.Count)
        {
            var refused = batch[index];
            batch.RemoveAt(index);
            await settler.RefuseAsync(refused, error, failed.Text, ct);
        }
        else if (batch.Count == 1)
        {
            await RefuseAllAsync(batch, error, failed.Text, ct);
        }
        else
        {
            // One of them is to blame, but the node does not say which one.
            foreach (var pending in batch) pending.Alone = true;
            state.Requeue(batch.Skip(1));
            batch.RemoveRange(1, batch.Count - 1);
        }
    }

    private async Task<InFlightTransaction> SignAsync(List<PendingAction> batch, long gas, Endpoint endpoint, CancellationToken ct)
    {
        var head = await heads.WaitForAsync(0, ct);
        var fee = fees.FeeFor(gas, endpoint);
        var body = Body(batch, head);
        var wireFee = new Fee { GasLimit = (ulong)gas, Amount = { fee.Amount > 0 ? [WireCoins.ToWire(fee)] : [] }, Granter = options.Value.Gas.FeeGranter };
        var context = options.Value.Unordered ? account.Next with { Sequence = 0 } : account.Next;
        var signed = await TransactionBuilder.SignAsync(body, wireFee, context, signer, ct);
        return new(signed, context.Sequence, (long)body.TimeoutHeight, batch.ToArray(), fee, gas)
        {
            SentAt = head.Height,
            ScannedTo = head.Height,
            IsUnordered = body.Unordered,
        };
    }

    private async Task HandOverAsync(InFlightTransaction transaction, Endpoint endpoint, CancellationToken ct)
    {
        var summary = string.Join("; ", transaction.Actions);
        try
        {
            await outbox.SaveAsync(new(transaction.Hash.Hex, transaction.Bytes, (long)transaction.Sequence, transaction.TimeoutHeight, summary, time.GetUtcNow()), ct);
        }
        catch (Exception e)
        {
            state.Requeue(transaction.Actions);
            if (e is OperationCanceledException) throw;
            throw new OutboxException($"a transaction could not be written down and was not sent: {e.Message}", e);
        }

        // The transaction counts as sent from here on, whatever happens: only blocks tell otherwise.
        state.InFlight.Add(transaction);
        if (!transaction.IsUnordered) account.Advance();
        metrics.BatchSent(transaction.Actions.Count);
        Log.Sending(log, transaction.Hash.Hex, transaction.Sequence, transaction.Fee, summary);
        switch (await Broadcaster.SendAsync(pool, endpoint, transaction.Bytes, ct))
        {
            case BroadcastVerdict.Accepted:
                transaction.IsAccepted = true;
                _hasRetriedSignature = false;
                heads.Wake();
                break;
            case BroadcastVerdict.Unknown unknown:
                Log.NotKnown(log, transaction.Hash.Hex, unknown.Cause);
                break;
            case BroadcastVerdict.SequenceMismatch:
                // Its sequence may be used up, or those before it got lost. The account and the blocks tell which.
                Log.WrongSequence(log, transaction.Hash.Hex, transaction.Sequence);
                state.DoubtInFlight();
                account.Forget();
                break;
            case BroadcastVerdict.Refused refused:
                await RejectAsync(transaction, refused, endpoint, ct);
                break;
        }
    }

    /// <summary>A first sending that the node's check refused: it is in no pool, and its sequence is free for the next one.</summary>
    private async Task RejectAsync(InFlightTransaction transaction, BroadcastVerdict.Refused refused, Endpoint endpoint, CancellationToken ct)
    {
        Log.Rejected(log, transaction.Hash.Hex, refused.Codespace, refused.Code, WireText.Shorten(refused.Text));
        state.InFlight.Remove(transaction);
        account.Forget();
        await settler.RecordAsync(transaction, new(OutboxState.Rejected, null, WireText.Shorten(refused.Text)), ct);
        var actions = transaction.Actions.ToList();
        var treatment = RefusalMap.TreatmentOf(refused.Codespace, refused.Code);
        var again = treatment switch
        {
            CodeTreatment.RaisePrice => await fees.LearnAsync(endpoint, again: true, ct),
            CodeTreatment.Rebuild => true,
            CodeTreatment.MoreGas => RaiseGas(transaction),
            CodeTreatment.ReadAccount => RetrySignature(),
            _ => false,
        };
        if (again)
        {
            state.Requeue(actions);

            // Our idea of the latest block is wrong; time mends that, not haste.
            if (treatment == CodeTreatment.Rebuild) throw new EndpointException(EndpointFault.Stale, $"{endpoint} is ahead of the latest block that is known");
        }
        else if (actions.Count > 1 && treatment is not (CodeTreatment.RaisePrice or CodeTreatment.ReadAccount))
        {
            foreach (var pending in actions) pending.Alone = true;
            state.Requeue(actions);
        }
        else
        {
            await RefuseAllAsync(actions, (refused.Codespace, refused.Code), refused.Text, ct);
        }
    }

    private bool RaiseGas(InFlightTransaction transaction)
    {
        if (transaction.GasLimit >= fees.Ceiling) return false;
        foreach (var pending in transaction.Actions) pending.GasBoost *= 1.5m;
        return true;
    }

    /// <summary>A signature can fail because the account's number was read from another chain of the same name; reading it again once tells.</summary>
    private bool RetrySignature() => !_hasRetriedSignature && (_hasRetriedSignature = true);

    /// <summary>Puts the second half back to wait; false when there is no second half.</summary>
    private bool Halve(List<PendingAction> batch)
    {
        if (batch.Count < 2) return false;
        var keep = batch.Count / 2;
        state.Requeue(batch.Skip(keep));
        batch.RemoveRange(keep, batch.Count - keep);
        return true;
    }

    private async Task RefuseAllAsync(List<PendingAction> actions, (string Codespace, uint Code)? error, string text, CancellationToken ct)
    {
        while (actions.Count > 0)
        {
            var pending = actions[0];
            actions.RemoveAt(0);
            await settler.RefuseAsync(pending, error, text, ct);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1047, LogLevel.Information, "Sending transaction {Hash} (sequence {Sequence}, fee {Fee}): {Summary}", EventName = "TransactionSending")]
        public static partial void Sending(ILogger logger, string hash, ulong sequence, Coin fee, string summary);

        [LoggerMessage(1048, LogLevel.Warning, "It is not known whether transaction {Hash} arrived; it is looked for in blocks and sent again unchanged: {Cause}", EventName = "TransactionNotKnown")]
        public static partial void NotKnown(ILogger logger, string hash, string cause);

        [LoggerMessage(1049, LogLevel.Warning, "Transaction {Hash} does not fit with sequence {Sequence}; account and blocks tell why. Does another program use this key?", EventName = "TransactionWrongSequence")]
        public static partial void WrongSequence(ILogger logger, string hash, ulong sequence);

        [LoggerMessage(1050, LogLevel.Warning, "Transaction {Hash} was refused before any block ({Codespace} {Code}): {Cause}", EventName = "TransactionRejected")]
        public static partial void Rejected(ILogger logger, string hash, string codespace, uint code, string cause);

        [LoggerMessage(1051, LogLevel.Information, "The node expects sequence {Expected} instead of {Sequence}; it is taken. Does another program use this key?", EventName = "SequenceCorrected")]
        public static partial void SequenceCorrected(ILogger logger, ulong sequence, ulong? expected);
    }
}
