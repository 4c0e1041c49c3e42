using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ProviderAgent.Metering;

/// <summary>Keeps the recorded totals equal to the market's, and follows each lease until its last coin.</summary>
/// <remarks>Income is never added up from replies: what counts is the market's own total per lease, whatever brought it about.</remarks>
internal sealed partial class Books(ISettlementLog log, IMarketplace market, MeteringMetrics metrics, ILogger logger)
{
    /// <summary>A payment that was not closed with its lease (it was overdrawn, or settled in the same tick) may still be paid out for so long.</summary>
    private static readonly TimeSpan LateIncome = TimeSpan.FromDays(30);

    // What is known to be recorded; saves a write per lease and check. The log decides.
    private readonly Dictionary<LeaseId, Coin> _recorded = [];
    private readonly HashSet<LeaseId> _followed = [];
    private readonly Dictionary<LeaseId, MarketTick> _lastRise = [];

    // Withdrawals that were included and whose effect on the total was not seen yet.
    private readonly Dictionary<LeaseId, ActionOutcome.Done> _included = [];

    // Leases that events told of, on their way from the events' thread to the checks'.
    private readonly ConcurrentQueue<LeaseId> _announced = [];
    private volatile bool _mustLookAtEnded = true; // at each start: an earlier run may have been killed between a gap and its look
    private bool _isLoaded;

    /// <summary>When the total of a lease was last seen to rise; null when it never was.</summary>
    public MarketTick? LastRise(LeaseId lease) => _lastRise.TryGetValue(lease, out var tick) ? tick : null;

    /// <summary>True when the market's answer is older than one that was seen before: nothing may be decided by it.</summary>
    public bool IsOutdated(EscrowPayment payment) => _recorded.TryGetValue(payment.Lease, out var known) && payment.Withdrawn.Amount < known.Amount;

    /// <summary>Notes which transaction the next rise of a lease's total comes from.</summary>
    public void Attribute(LeaseId lease, ActionOutcome.Done done) => _included[lease] = done;

    /// <summary>Events told of a lease: its income is followed from now on, even if it ends before the next check. Durable when it returns; any thread.</summary>
    /// <exception cref="MeteringUnavailableException">The ledger cannot be used.</exception>
    public async Task AnnounceAsync(LeaseId lease, CancellationToken ct)
    {
        await log.FollowAsync(lease, ct).ConfigureAwait(false);
        _announced.Enqueue(lease);
    }

    /// <summary>Events may be missing: leases may have come and gone unheard of. Any thread.</summary>
    public void LookAtEnded() => _mustLookAtEnded = true;

    /// <summary>Reads what is recorded; at the start and after a gap in the events also which ended leases are not booked whole.</summary>
    /// <exception cref="MeteringUnavailableException">The ledger cannot be used.</exception>
    /// <exception cref="MarketUnavailableException">The market cannot be asked.</exception>
    public async Task LoadAsync(CancellationToken ct)
    {
        if (!_isLoaded)
        {
            var income = await log.ListIncomeAsync(ct).ConfigureAwait(false);
            foreach (var lease in income) (_recorded[lease.Lease], _lastRise[lease.Lease]) = (lease.Withdrawn, lease.LastTick);
            _followed.UnionWith(await log.ListFollowedAsync(ct).ConfigureAwait(false));
            _isLoaded = true;
        }

        while (_announced.TryDequeue(out var lease)) _followed.Add(lease);
        if (!_mustLookAtEnded) return;
        _mustLookAtEnded = false; // before the look, so that a gap during it is not forgotten
        try
        {
            await FollowEndedAsync(ct).ConfigureAwait(false);
        }
        catch
        {
            _mustLookAtEnded = true;
            throw;
        }
    }

    /// <summary>Follows new leases and records the totals of all running ones.</summary>
    /// <inheritdoc cref="LoadAsync"/>
    public async Task RecordRunningAsync(LeaseAccounts accounts, CancellationToken ct)
    {
        foreach (var account in accounts.All.Values)
        {
            await FollowAsync(account.Lease.Id, ct).ConfigureAwait(false);
            await RecordAsync(account.Payment, accounts.Tick, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Records the last total of followed leases that run no more.</summary>
    /// <inheritdoc cref="LoadAsync"/>
    public async Task RecordFinalAsync(LeaseAccounts accounts, CancellationToken ct)
    {
        foreach (var lease in _followed.Where(lease => !accounts.All.ContainsKey(lease)).ToList())
        {
            // Not in the list of running ones is not proof enough: the lease itself has to say that it ended.
            if (await market.FindLeaseAsync(lease, ct).ConfigureAwait(false) is not { Lease.IsRunning: false } account) continue;
            var result = await RecordAsync(account.Payment, accounts.Tick, ct).ConfigureAwait(false);
            if (result.Result == RecordResult.Contradicts || !IsFinal(account, accounts.Tick)) continue;
            await log.UnfollowAsync(lease, ct).ConfigureAwait(false);
            _followed.Remove(lease);
            _included.Remove(lease);
            Log.LeaseAccounted(logger, lease, account.Payment.Withdrawn);
        }
    }

    /// <summary>Records the total of a payment.</summary>
    /// <inheritdoc cref="LoadAsync"/>
    public async Task<RecordedTotal> RecordAsync(EscrowPayment payment, MarketTick tick, CancellationToken ct)
    {
        if (_recorded.TryGetValue(payment.Lease, out var known) ? known == payment.Withdrawn : payment.Withdrawn.Amount == 0)
            return new(RecordResult.Unchanged, payment.Withdrawn with { Amount = 0 });
        var done = _included.GetValueOrDefault(payment.Lease);
        var result = await log.RecordAsync(payment.Lease, tick, payment.Withdrawn, done?.Transaction ?? "", done?.Fee, ct).ConfigureAwait(false);
        if (result.Result == RecordResult.Contradicts)
        {
            metrics.Contradiction();
            Log.TotalContradicts(logger, payment.Lease, payment.Withdrawn);
            return result;
        }

        _recorded[payment.Lease] = payment.Withdrawn;
        if (result.Result != RecordResult.Recorded) return result;
        _lastRise[payment.Lease] = tick;
        _included.Remove(payment.Lease);
        metrics.Income(result.Delta);
        Log.IncomeRecorded(logger, payment.Lease, result.Delta, payment.Withdrawn);
        return result;
    }

    /// <summary>Follows the ended leases whose last total is not booked.</summary>
    private async Task FollowEndedAsync(CancellationToken ct)
    {
        var tick = await market.GetTickAsync(ct).ConfigureAwait(false);
        foreach (var state in new[] { LeaseState.Closed, LeaseState.InsufficientFunds })
        {
            await foreach (var account in market.ListOwnLeasesAsync(state, ct).ConfigureAwait(false))
            {
                var isBooked = _recorded.TryGetValue(account.Lease.Id, out var known) ? known == account.Payment.Withdrawn : account.Payment.Withdrawn.Amount == 0;
                if (!isBooked || !IsFinal(account, tick)) await FollowAsync(account.Lease.Id, ct).ConfigureAwait(false);
            }
        }
    }

    private async Task FollowAsync(LeaseId lease, CancellationToken ct)
    {
        if (_followed.Contains(lease)) return;
        await log.FollowAsync(lease, ct).ConfigureAwait(false);
        _followed.Add(lease);
    }

    private bool IsFinal(LeaseAccount account, MarketTick tick) =>
        account.Payment.State == EscrowState.Closed
        || (account.Lease.ClosedAt is { } closed && TickTime.Between(closed, tick, market.Clock) > LateIncome);

    private static partial class Log
    {
        [LoggerMessage(5101, LogLevel.Information, "Lease {Lease} paid out {Delta}; {Total} in total", EventName = "IncomeRecorded")]
        public static partial void IncomeRecorded(ILogger logger, LeaseId lease, Coin delta, Coin total);

        [LoggerMessage(5102, LogLevel.Information, "Lease {Lease} has ended and is accounted for with {Total}", EventName = "LeaseAccounted")]
        public static partial void LeaseAccounted(ILogger logger, LeaseId lease, Coin total);

        [LoggerMessage(5103, LogLevel.Warning, "The market says that lease {Lease} has been paid {Total}, less than it said before; nothing is recorded, an endpoint may lag", EventName = "TotalContradicts")]
        public static partial void TotalContradicts(ILogger logger, LeaseId lease, Coin total);
    }
}
