using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Metering;

/// <summary>Draws what the leases have earned, and keeps the books equal to the market.</summary>
/// <remarks>Runs on a timer and when woken; each check reads everything anew, so a lost or doubled wake-up changes nothing.</remarks>
public sealed partial class Treasurer : BackgroundService, IMarketEventHandler, IHealthCheck
{
    // Between two checks, however often it is woken: a check asks the market about every lease.
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMinutes(1);

    // What a check itself may take, with the market's time left out: a ledger on a slow disk.
    private static readonly TimeSpan CheckAllowance = TimeSpan.FromMinutes(2);

    // How long to wait for the market's clock to move on, in ticks.
    private const int MostTicksToWait = 20;

    private readonly Channel<byte> _wake = Channel.CreateBounded<byte>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly SemaphoreSlim _gate = new(1);
    private readonly IMarketplace _market;
    private readonly IOptionsMonitor<TreasuryOptions> _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LoopWatch _watch;
    private readonly Books _books;
    private readonly Withdrawals _withdrawals;
    private readonly HashSet<LeaseId> _unpaid = [];
    private TreasurySnapshot _snapshot = TreasurySnapshot.None;
    private bool _isAway;

    internal Treasurer(
        IMarketplace market, ISettlementLog log, IOptionsMonitor<TreasuryOptions> options, TimeProvider time, MeteringMetrics metrics, ILogger<Treasurer> logger)
    {
        _watch = new(time, CheckAllowance);
        (_market, _options, _time, _logger) = (new WatchedMarketplace(market, _watch), options, time, logger);
        _books = new(log, _market, metrics, logger);
        _withdrawals = new(log, _market, _books, time, metrics, logger);
        metrics.ObserveTreasury(MeasureOwed, () => (Snapshot().At?.ToUnixTimeMilliseconds() ?? 0) / 1e3);
    }

    /// <summary>Balances as of the last check. Never blocks.</summary>
    public TreasurySnapshot Snapshot() => Volatile.Read(ref _snapshot);

    /// <summary>Asks for a check soon.</summary>
    public void Wake() => _wake.Writer.TryWrite(0);

    /// <inheritdoc/>
    /// <remarks>Waiting for the market, a withdrawal under way included, is healthy.</remarks>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(_watch.Stuck is { } age
        ? HealthCheckResult.Unhealthy($"leases and escrows were not checked for {age.TotalSeconds:0} s")
        : HealthCheckResult.Healthy());

    /// <inheritdoc/>
    /// <remarks>A lease may come and go between two checks, and still be paid: that it was there is written down before the events are done with.</remarks>
    /// <exception cref="MeteringUnavailableException">The ledger cannot be used; the events have to come again.</exception>
    public async Task HandleAsync(MarketEventBatch batch, CancellationToken ct)
    {
        foreach (var happened in batch.Events)
        {
            var lease = happened switch
            {
                MarketEvent.LeaseCreated created => created.Lease,
                MarketEvent.LeaseClosed closed => closed.Lease,
                MarketEvent.LeaseReclaimStarted reclaim => reclaim.Lease,
                _ => (LeaseId?)null,
            };
            if (lease is not { } ours || ours.Provider != _market.Account) continue;
            await _books.AnnounceAsync(ours, ct).ConfigureAwait(false);
            Wake();
        }

        if (!batch.HasGap) return;
        _books.LookAtEnded();
        Wake();
    }

    /// <summary>Withdraws from every running lease that is owed something, whatever the fee.</summary>
    /// <remarks>Leases that share a deployment are drawn one after the other, since a deployment cannot be settled twice in one tick.</remarks>
    /// <returns>One result for each lease that something was owed on; left out are those whose last withdrawal may still be under way.</returns>
    /// <exception cref="MarketUnavailableException">The market cannot be asked.</exception>
    /// <exception cref="MeteringUnavailableException">The ledger cannot be used.</exception>
    public async Task<IReadOnlyList<WithdrawalResult>> WithdrawAllAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            await _market.SettleAsync(ct).ConfigureAwait(false);
            var (accounts, busy) = await ReadAsync(ct).ConfigureAwait(false);
            var waiting = accounts.Leases.Where(lease => lease.Owed > 0).Select(lease => lease.Account.Lease.Id).Except(busy).ToHashSet();
            var results = new List<WithdrawalResult>();
            var ticksWithoutProgress = 0;
            while (true)
            {
                var due = OnePerDeployment(accounts.Leases.Where(lease => waiting.Contains(lease.Account.Lease.Id) && lease.Owed > 0 && !IsSettledNow(lease, accounts.Tick)));
                ticksWithoutProgress = due.Count > 0 ? 0 : ticksWithoutProgress + 1;
                results.AddRange(await _withdrawals.RunAsync([.. due.Select(lease => (lease.Account, "asked for"))], ct).ConfigureAwait(false));
                waiting.ExceptWith(due.Select(lease => lease.Account.Lease.Id));
                if (waiting.Count == 0 || ticksWithoutProgress >= MostTicksToWait) return results;

                await WaitForTickAfterAsync(accounts.Tick, ct).ConfigureAwait(false);
                (accounts, _) = await ReadAsync(ct).ConfigureAwait(false);
                waiting.IntersectWith(accounts.All.Keys); // one that ended meanwhile was paid with its end
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>One check: books, then withdrawals that are due.</summary>
    /// <returns>How long to wait for the next one, if nothing wakes it.</returns>
    /// <exception cref="MarketUnavailableException">The market cannot be asked; nothing was decided.</exception>
    /// <exception cref="MeteringUnavailableException">The ledger cannot be used; what was not written down was not sent.</exception>
    internal async Task<TimeSpan> CheckAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            // First of all the fate of what an earlier run handed over.
            await _market.SettleAsync(ct).ConfigureAwait(false);
            var (accounts, busy) = await ReadAsync(ct).ConfigureAwait(false);
            await _books.RecordFinalAsync(accounts, ct).ConfigureAwait(false);

            var decided = accounts.Leases.Select(lease => (Lease: lease, Decision: Decide(lease, accounts.Tick))).ToList();
            Publish(accounts, decided);
            ReportUnpaid(decided);
            var open = decided.Where(lease => lease.Decision.IsDue && !busy.Contains(lease.Lease.Account.Lease.Id)).ToList();
            var due = OnePerDeployment(open.Select(lease => lease.Lease));
            var reasons = open.ToDictionary(lease => lease.Lease.Account.Lease.Id, lease => lease.Decision.Reason.ToString());
            await _withdrawals.RunAsync([.. due.Select(lease => (lease.Account, reasons[lease.Account.Lease.Id]))], ct).ConfigureAwait(false);
            return NextCheck(accounts, isMoreDue: due.Count < open.Count);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            _watch.Working();
            var pause = PauseAfterFailure;
            try
            {
                pause = await CheckAsync(stoppingToken).ConfigureAwait(false);
                if (_isAway) Log.TreasuryAgain(_logger);
                _isAway = false;
            }
            catch (Exception e) when (e is MarketUnavailableException or MeteringUnavailableException)
            {
                if (!_isAway) Log.TreasuryAway(_logger, e);
                _isAway = true;
            }

            _watch.Turned(pause);
            await Task.Delay(LeastPause, _time, stoppingToken).ConfigureAwait(false);
            await WaitAsync(pause - LeastPause, stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task<(LeaseAccounts Accounts, IReadOnlySet<LeaseId> Busy)> ReadAsync(CancellationToken ct)
    {
        var accounts = await LeaseAccounts.ReadAsync(_market, ct).ConfigureAwait(false);
        await _books.LoadAsync(ct).ConfigureAwait(false);
        var busy = await _withdrawals.SettleAsync(accounts, ct).ConfigureAwait(false);
        await _books.RecordRunningAsync(accounts, ct).ConfigureAwait(false);

        // What an endpoint that lags says of a lease would make it seem to be owed what was just paid.
        return (accounts with { Leases = [.. accounts.Leases.Where(lease => !_books.IsOutdated(lease.Account.Payment))] }, busy);
    }

    private WithdrawalDecision Decide(RunningLease lease, MarketTick tick)
    {
        var (account, policy) = (lease.Account, _options.CurrentValue.Withdraw);
        var last = _books.LastRise(account.Lease.Id) ?? account.Lease.CreatedAt;
        var since = TickTime.Between(last, tick, _market.Clock);
        var fee = WithdrawalRule.FeeIn(account.Payment.Rate.Denom, _withdrawals.LastFee ?? policy.ExpectedFee, policy);
        return WithdrawalRule.Decide(
            new(account.Lease.Id, account.Payment.Withdrawn, lease.Owed, fee, lease.Runway, lease.WorstRunway, since, IsSettledNow(lease, tick)), policy);
    }

    /// <summary>Of several leases of one deployment the one that is owed most: two settlements of one escrow in a tick fail.</summary>
    private static List<RunningLease> OnePerDeployment(IEnumerable<RunningLease> leases) =>
        [.. leases.GroupBy(lease => lease.Account.Lease.Id.Deployment).Select(group => group.OrderByDescending(lease => lease.Owed).First())];

    private static bool IsSettledNow(RunningLease lease, MarketTick tick) => lease.Deployment.Escrow.SettledAt >= tick;

    /// <summary>The usual time, or sooner when an escrow runs dry before that or a lease had to wait for another of its deployment.</summary>
    private TimeSpan NextCheck(LeaseAccounts accounts, bool isMoreDue)
    {
        var next = _options.CurrentValue.CheckInterval;
        var tick = _market.Clock.TickLength;
        foreach (var lease in accounts.Leases)
        {
            if (lease.Runway >= TimeSpan.Zero && lease.Runway + tick < next) next = lease.Runway + tick;
        }

        if (isMoreDue && 2 * tick < next) next = 2 * tick;
        return next > LeastPause ? next : LeastPause;
    }

    private async Task WaitForTickAfterAsync(MarketTick tick, CancellationToken ct)
    {
        for (var i = 0; i < MostTicksToWait; i++)
        {
            await _watch.OutsideAsync(() => Task.Delay(_market.Clock.TickLength, _time, ct)).ConfigureAwait(false);
            if (await _market.GetTickAsync(ct).ConfigureAwait(false) > tick) return;
        }

        throw new MarketUnavailableException($"the market's clock has stood at {tick} for {MostTicksToWait} ticks; the remaining leases can be withdrawn from once it moves");
    }

    /// <summary>Waits for the time or a wake-up, whichever is first.</summary>
    private async Task WaitAsync(TimeSpan pause, CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var timer = Task.Delay(pause > TimeSpan.Zero ? pause : TimeSpan.Zero, _time, over.Token);
        await Task.WhenAny(timer, _wake.Reader.WaitToReadAsync(over.Token).AsTask()).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        ct.ThrowIfCancellationRequested();
        _wake.Reader.TryRead(out _);
    }

    private void Publish(LeaseAccounts accounts, List<(RunningLease Lease, WithdrawalDecision Decision)> decided) =>
        Volatile.Write(
            ref _snapshot,
            new(
                _time.GetUtcNow(),
                accounts.Tick,
                [.. decided.Select(lease => new LeaseBalance(
                    lease.Lease.Account.Lease.Id, lease.Lease.Account.Payment.Rate, lease.Lease.Account.Payment.Withdrawn, lease.Lease.Owed, lease.Lease.Runway, lease.Decision))]));

    /// <summary>Says once of each lease that it runs unpaid and no withdrawal will end it.</summary>
    private void ReportUnpaid(List<(RunningLease Lease, WithdrawalDecision Decision)> decided)
    {
        var unpaid = decided.Where(lease => lease.Decision.Reason == WithdrawalReason.DryAndNothingOwed).Select(lease => lease.Lease.Account.Lease.Id).ToHashSet();
        foreach (var lease in unpaid.Where(lease => !_unpaid.Contains(lease))) Log.RunsUnpaid(_logger, lease);
        _unpaid.Clear();
        _unpaid.UnionWith(unpaid);
    }

    private IEnumerable<Measurement<double>> MeasureOwed() =>
        Snapshot().Leases
            .GroupBy(lease => lease.Rate.Denom)
            .Select(denom => new Measurement<double>(denom.Sum(lease => (double)lease.Owed), new KeyValuePair<string, object?>("denom", denom.Key.Value)));

    private static partial class Log
    {
        [LoggerMessage(5120, LogLevel.Warning, "Leases and escrows cannot be read or booked; nothing is withdrawn until they can, nothing is lost", EventName = "TreasuryAway")]
        public static partial void TreasuryAway(ILogger logger, Exception error);

        [LoggerMessage(5121, LogLevel.Information, "Leases and escrows are read again", EventName = "TreasuryAgain")]
        public static partial void TreasuryAgain(ILogger logger);

        [LoggerMessage(5122, LogLevel.Warning, "The escrow of lease {Lease} is dry and nothing is owed: it runs unpaid until it is topped up or closed", EventName = "RunsUnpaid")]
        public static partial void RunsUnpaid(ILogger logger, LeaseId lease);
    }
}
