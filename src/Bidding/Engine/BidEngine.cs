using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Runs the bidding: settles what an earlier run left, then judges orders and keeps up with the market until stopped.</summary>
/// <remarks>Stopping closes nothing on the market: bids and leases outlive the process.</remarks>
internal sealed partial class BidEngine(
    IMarketplace market,
    JournalKeeper journal,
    OrderBook book,
    OrderQueues queues,
    OrderEvaluator evaluator,
    OrderScan scan,
    Reconciler reconciler,
    MarketEventReader events,
    BiddingPulses pulses,
    BiddingGate gate,
    IDrainSwitch drain,
    IHostReadiness host,
    InFlight inFlight,
    BiddingActivity activity,
    BiddingMetrics metrics,
    SilenceAlarm alarm,
    IOptionsMonitor<BiddingOptions> options,
    TimeProvider time,
    ILogger<BidEngine> log) : BackgroundService, IMarketEventHandler, IBiddingStatus, IHealthCheck
{
    private static readonly TimeSpan UpkeepInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);

    // One order asks the market a few times, and each endpoint of it may take its whole deadline.
    private static readonly TimeSpan OrderAllowance = TimeSpan.FromMinutes(10);

    private volatile IReadOnlyList<LoopWatch> _evaluators = [];
    private volatile bool _isReady;
    private int _marketWasAway;

    public BiddingStatus Current => new(
        _isReady,
        drain.Reason,
        gate.Reason,
        book.Count,
        activity.LastDecisionAt,
        activity.LastBidAt,
        book.Live().Where(worker => worker.Stage.HoldsBid()).OrderBy(worker => worker.SeenAt).Select(Describe).ToValueList())
    {
        Alarm = alarm.Alarm,
    };

    /// <inheritdoc/>
    /// <remarks>Nothing is written down: a batch that is lost in a crash is made up for by the listings at the next start.</remarks>
    public Task HandleAsync(MarketEventBatch batch, CancellationToken ct)
    {
        events.Read(batch);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    /// <remarks>Without orders, or with a market that does not answer, all loops still come round.</remarks>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var stuck = new List<string>();
        if (pulses.Reconcile.Watch.Stuck is { } sweep) stuck.Add($"bids were not compared with the market for {sweep.TotalSeconds:0} s");
        if (pulses.Scan.Watch.Stuck is { } scanned) stuck.Add($"open orders were not listed for {scanned.TotalSeconds:0} s");
        if (pulses.Upkeep.Watch.Stuck is { } renewed) stuck.Add($"reservations were not renewed for {renewed.TotalSeconds:0} s");
        if (_evaluators.Max(evaluator => evaluator.Stuck) is { } judged) stuck.Add($"an order has been judged for {judged.TotalSeconds:0} s");
        return Task.FromResult(stuck.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(string.Join("; ", stuck)));
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        metrics.Observe(book, alarm, () => _isReady && drain.Reason is null && gate.Reason is null);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        drain.Changed += OnDrainChanged;
        host.BecameReady += pulses.Scan.Wake; // orders that were posted meanwhile wait
        Task[] loops = [];
        try
        {
            await UntilDoneAsync(ct => pulses.Reconcile.Watch.OutsideAsync(() => market.SettleAsync(ct)), stop.Token);
            await UntilDoneAsync(SettleIntentsAsync, stop.Token);
            await UntilDoneAsync(reconciler.ReconcileAsync, stop.Token);
            _isReady = true;
            Log.Ready(log, book.OpenBids);
            loops = StartLoops(stop.Token);
            await await Task.WhenAny(loops); // none of them ends by itself
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        finally
        {
            drain.Changed -= OnDrainChanged;
            host.BecameReady -= pulses.Scan.Wake;
            await stop.CancelAsync();
            await Task.WhenAll(loops.Where(loop => loop != inFlight.Failure)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await inFlight.IdleAsync();
        }
    }

    private Task[] StartLoops(CancellationToken ct)
    {
        var evaluators = options.CurrentValue.Evaluators;
        LoopWatch[] fresh = [.. Enumerable.Range(0, evaluators).Select(_ => new LoopWatch(time, OrderAllowance))];
        LoopWatch[] listed = [.. Enumerable.Range(0, evaluators).Select(_ => new LoopWatch(time, OrderAllowance))];
        _evaluators = [.. fresh, .. listed];
        return
        [
            .. fresh.Select(watch => Task.Run(() => EvaluateFreshAsync(watch, ct), CancellationToken.None)),
            .. listed.Select(watch => Task.Run(() => EvaluateListedAsync(watch, ct), CancellationToken.None)),
            pulses.Reconcile.RunAsync(atOnce: false, SweepInterval, TolerantAsync(reconciler.ReconcileAsync), ct),
            pulses.Scan.RunAsync(atOnce: true, SweepInterval, TolerantAsync(scan.ScanAsync), ct),
            pulses.Upkeep.RunAsync(atOnce: false, () => UpkeepInterval, RenewAsync, ct),
            inFlight.Failure,
        ];
    }

    private async Task EvaluateFreshAsync(LoopWatch watch, CancellationToken ct)
    {
        await foreach (var worker in queues.Fresh.Reader.ReadAllAsync(ct))
        {
            watch.Working();
            await evaluator.EvaluateAsync(worker, null, ct);
            watch.Idle();
        }
    }

    private async Task EvaluateListedAsync(LoopWatch watch, CancellationToken ct)
    {
        await foreach (var order in queues.Listed.Reader.ReadAllAsync(ct))
        {
            watch.Working();
            if (book.TryAdd(order.Id, out _) is { } worker) await evaluator.EvaluateAsync(worker, order, ct);
            watch.Idle();
        }
    }

    /// <summary>Every intent that an earlier run left open is settled by asking the market, not by repeating it.</summary>
    private async Task SettleIntentsAsync(CancellationToken ct)
    {
        foreach (var open in await journal.ListOpenAsync(ct))
        {
            pulses.Reconcile.Watch.Progress();
            var bid = await market.FindBidAsync(open.Intent.Bid, ct);
            var found = open.Intent is BidIntent.Place ? bid is not null : bid is not { State: BidState.Open or BidState.Active };
            var detail = bid is null ? "there is no such bid" : $"the bid is {bid.State}";
            await journal.CompleteAsync(open.Id, found ? BidIntentResult.Found : BidIntentResult.Dropped, detail);
            Log.IntentSettled(log, open.Id.Value, open.Intent.Bid, detail);
        }
    }

    private async Task UntilDoneAsync(Func<CancellationToken, Task> act, CancellationToken ct)
    {
        var pause = FirstRetry;
        while (true)
        {
            try
            {
                pulses.Reconcile.Watch.Working();
                await act(ct);
                return;
            }
            catch (Exception e) when (e is MarketUnavailableException or BidStoreUnavailableException)
            {
                Log.StartDelayed(log, pause, e);
            }

            pulses.Reconcile.Watch.Turned(pause);
            await Task.Delay(pause, time, ct);
            pause = TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, SweepInterval().Ticks));
        }
    }

    private Func<CancellationToken, Task> TolerantAsync(Func<CancellationToken, Task> act) => async ct =>
    {
        try
        {
            await act(ct);
            if (Interlocked.Exchange(ref _marketWasAway, 0) == 1) Log.MarketBack(log);
        }
        catch (MarketUnavailableException e)
        {
            // Several loops may find out at the same moment; one of them says so.
            if (Interlocked.Exchange(ref _marketWasAway, 1) == 1) Log.MarketStillAway(log, e);
            else Log.MarketAway(log, e);
        }
    };

    private Task RenewAsync(CancellationToken ct)
    {
        book.RenewReservations();
        alarm.Check();
        return Task.CompletedTask;
    }

    private void OnDrainChanged(object? sender, EventArgs e)
    {
        if (drain.Reason is { } reason) Log.Draining(log, reason);
        else Log.NotDraining(log);
        pulses.Scan.Wake();
    }

    private OpenBidStatus Describe(OrderWorker worker)
    {
        var terms = worker.Terms;
        TimeSpan? left = terms is null or { DueAt: long.MaxValue } ? null : time.GetElapsedTime(time.GetTimestamp(), Math.Max(time.GetTimestamp(), terms.DueAt));
        return new(worker.Order, worker.Stage.ToString(), terms?.Price, left);
    }

    private TimeSpan SweepInterval() => options.CurrentValue.SweepInterval;
}
