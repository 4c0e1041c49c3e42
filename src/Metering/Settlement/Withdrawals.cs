using Microsoft.Extensions.Logging;

namespace ProviderAgent.Metering;

/// <summary>Carries withdrawals out: written down first, sent, and settled by the market's total.</summary>
internal sealed partial class Withdrawals(ISettlementLog log, IMarketplace market, Books books, TimeProvider time, MeteringMetrics metrics, ILogger logger)
{
    /// <summary>After no answer, the lease is left alone for so long: the transaction may still be included. Its own deadline is a few minutes at most.</summary>
    public static readonly TimeSpan Hold = TimeSpan.FromMinutes(10);

    private readonly Dictionary<LeaseId, (int Times, long At)> _refused = [];

    /// <summary>The fee of the last withdrawal whose fee is known.</summary>
    public Coin? LastFee { get; private set; }

    /// <summary>Settles withdrawals without an end by what the market has paid out since.</summary>
    /// <returns>Leases whose withdrawal may still be under way: nothing is sent for them.</returns>
    /// <exception cref="MeteringUnavailableException">The ledger cannot be used.</exception>
    /// <exception cref="MarketUnavailableException">The market cannot be asked.</exception>
    public async Task<IReadOnlySet<LeaseId>> SettleAsync(LeaseAccounts accounts, CancellationToken ct)
    {
        var busy = new HashSet<LeaseId>();
        foreach (var open in await log.ListOpenAsync(ct).ConfigureAwait(false))
        {
            var account = accounts.All.GetValueOrDefault(open.Lease) ?? await market.FindLeaseAsync(open.Lease, ct).ConfigureAwait(false);
            var age = time.GetUtcNow() - open.BegunAt;
            if (account is not null && account.Payment.Withdrawn.Amount > open.Before.Amount)
            {
                await books.RecordAsync(account.Payment, accounts.Tick, ct).ConfigureAwait(false);
                await log.CompleteAsync(open.Id, $"paid out: the market's total went from {open.Before} to {account.Payment.Withdrawn}", ct).ConfigureAwait(false);
            }
            else if (age >= Hold || age < TimeSpan.Zero || account is { Lease.IsRunning: false })
            {
                // A negative age means that the clock was set back: waiting for it would take too long.
                await log.CompleteAsync(open.Id, "no payout was seen", ct).ConfigureAwait(false);
            }
            else
            {
                busy.Add(open.Lease);
            }
        }

        foreach (var lease in _refused.Keys)
        {
            if (!accounts.All.ContainsKey(lease)) _refused.Remove(lease);
            else if (time.GetElapsedTime(_refused[lease].At) < PauseAfter(_refused[lease].Times)) busy.Add(lease);
        }

        return busy;
    }

    /// <summary>A refusal can cost a fee each time: 20 min, 40 min, at most about 11 h.</summary>
    private static TimeSpan PauseAfter(int refusals) => TimeSpan.FromMinutes(10) * (1 << Math.Min(refusals, 6));

    /// <summary>Withdraws from leases of different deployments, all at once, so that the sender can put them into one transaction.</summary>
    /// <exception cref="MeteringUnavailableException">The ledger cannot be used; what was not written down was not sent.</exception>
    public async Task<IReadOnlyList<WithdrawalResult>> RunAsync(IReadOnlyList<(LeaseAccount Account, string Reason)> due, CancellationToken ct)
    {
        var intents = new List<long>(due.Count);
        foreach (var (account, reason) in due) intents.Add(await log.BeginAsync(account.Lease.Id, account.Payment.Withdrawn, reason, ct).ConfigureAwait(false));

        var sent = due.Select(lease => market.SubmitAsync(new MarketAction.Withdraw(lease.Account.Lease.Id), ct)).ToList();
        var results = new List<WithdrawalResult>(due.Count);
        OperationCanceledException? stopped = null;
        for (var i = 0; i < sent.Count; i++)
        {
            try
            {
                results.Add(await EndAsync(intents[i], due[i].Account, sent[i]).ConfigureAwait(false));
            }
            catch (OperationCanceledException e)
            {
                stopped = e; // nobody waits for this one any more; those that have an answer are still recorded
            }
        }

        return stopped is null ? results : throw stopped;
    }

    private async Task<WithdrawalResult> EndAsync(long intent, LeaseAccount account, Task<ActionOutcome> sent)
    {
        var (lease, before) = (account.Lease.Id, account.Payment.Withdrawn);
        try
        {
            // It happened or it did not: that is recorded even when stopping.
            return await sent.ConfigureAwait(false) switch
            {
                ActionOutcome.Done done => await RecordAsync(intent, lease, before, done).ConfigureAwait(false),
                ActionOutcome.Refused refused => await RefuseAsync(intent, lease, before, refused).ConfigureAwait(false),
                var other => throw new InvalidOperationException($"unknown outcome {other}"),
            };
        }
        catch (MarketUnavailableException e)
        {
            metrics.Withdrawal("unknown");
            Log.OutcomeUnknown(logger, lease, e);
            return new(lease, WithdrawalEnd.Unknown, before with { Amount = 0 }, null, e.Message);
        }
    }

    private async Task<WithdrawalResult> RecordAsync(long intent, LeaseId lease, Coin before, ActionOutcome.Done done)
    {
        LastFee = done.Fee;
        _refused.Remove(lease);
        metrics.Withdrawal("done");
        metrics.Fee(done.Fee);
        books.Attribute(lease, done);
        var included = new WithdrawalResult(lease, WithdrawalEnd.Included, before with { Amount = 0 }, done.Fee, $"in {done.Transaction}");
        try
        {
            var account = await market.FindLeaseAsync(lease, CancellationToken.None).ConfigureAwait(false);
            if (account is null || account.Payment.Withdrawn.Amount <= before.Amount) return included; // an endpoint that lags; the open intent makes the next check look again
            var recorded = await books.RecordAsync(account.Payment, done.Tick, CancellationToken.None).ConfigureAwait(false);
            await log.CompleteAsync(intent, $"paid out by {done.Transaction}, fee {done.Fee}", CancellationToken.None).ConfigureAwait(false);
            return included with { End = WithdrawalEnd.Paid, Paid = recorded.Delta };
        }
        catch (MarketUnavailableException e)
        {
            Log.TotalUnread(logger, lease, e);
            return included;
        }
    }

    private async Task<WithdrawalResult> RefuseAsync(long intent, LeaseId lease, Coin before, ActionOutcome.Refused refused)
    {
        var times = _refused.GetValueOrDefault(lease).Times + 1;
        _refused[lease] = (times, time.GetTimestamp());
        metrics.Withdrawal("refused");
        metrics.Fee(refused.Fee);
        Log.WithdrawalRefused(logger, lease, refused.Reason, refused.Detail);
        await log.CompleteAsync(intent, $"refused: {refused.Reason}: {refused.Detail}", CancellationToken.None).ConfigureAwait(false);
        return new(lease, WithdrawalEnd.Refused, before with { Amount = 0 }, refused.Fee, $"{refused.Reason}: {refused.Detail}");
    }

    private static partial class Log
    {
        [LoggerMessage(5110, LogLevel.Warning, "No answer on the withdrawal from lease {Lease}; the market's total tells later whether it happened", EventName = "OutcomeUnknown")]
        public static partial void OutcomeUnknown(ILogger logger, LeaseId lease, Exception error);

        [LoggerMessage(5111, LogLevel.Warning, "The withdrawal from lease {Lease} was refused ({Reason}: {Detail}); nothing was paid out, the next check decides anew", EventName = "WithdrawalRefused")]
        public static partial void WithdrawalRefused(ILogger logger, LeaseId lease, MarketRefusal reason, string detail);

        [LoggerMessage(5112, LogLevel.Information, "The withdrawal from lease {Lease} is included, its new total cannot be read yet; the next check records it", EventName = "TotalUnread")]
        public static partial void TotalUnread(ILogger logger, LeaseId lease, Exception error);
    }
}
