using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Keeps the lease book equal to the market: takes in leases that are ours, and lets go of those that have ended.</summary>
/// <remarks>A lease ends here only when the market, asked for exactly this lease, says so. A missing row in a list is a hint, a failed read is nothing.</remarks>
internal sealed partial class LeaseKeeper(
    LeaseBook book,
    IMarketplace market,
    IReservationBook reservations,
    IOptionsMonitor<WorkloadOptions> options,
    TimeProvider time,
    ILogger<LeaseKeeper> log) : BackgroundService, IMarketEventHandler, IHealthCheck
{
    // A sweep asks once for each lease that it does not know; with a slow endpoint that takes its time.
    private static readonly TimeSpan SweepAllowance = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<OrderId, bool> _booked = new();
    private long _turnedAt = time.GetTimestamp();
    private Task? _unknown;

    /// <inheritdoc/>
    /// <remarks>A market that cannot be asked makes this throw, so that the batch comes again and no lease is missed.</remarks>
    public async Task HandleAsync(MarketEventBatch batch, CancellationToken ct)
    {
        if (batch.HasGap)
        {
            await SweepOnceAsync(ct);
            return;
        }

        foreach (var happened in batch.Events)
        {
            switch (happened)
            {
                case MarketEvent.LeaseCreated created when created.Lease.Provider == market.Account:
                    await LookAtAsync(created.Lease, ct);
                    break;
                case MarketEvent.LeaseClosed closed when book.Find(closed.Lease) is not null:
                    await LookAtAsync(closed.Lease, ct);
                    break;
                case MarketEvent.DeploymentClosed closed:
                    foreach (var lease in book.Open.Where(lease => lease.Id.Deployment == closed.Deployment)) await LookAtAsync(lease.Id, ct);
                    break;
                case MarketEvent.GroupClosed closed:
                    foreach (var lease in book.Open.Where(lease => lease.Id.Group == closed.Group)) await LookAtAsync(lease.Id, ct);
                    break;
            }
        }
    }

    /// <summary>Compares all leases of the market with the book, both ways.</summary>
    /// <exception cref="MarketUnavailableException">The market cannot be asked; nothing was concluded.</exception>
    public async Task SweepOnceAsync(CancellationToken ct)
    {
        var running = new HashSet<LeaseId>();
        foreach (var state in new[] { LeaseState.Active, LeaseState.Reclaiming })
        {
            await foreach (var account in market.ListOwnLeasesAsync(state, ct))
            {
                running.Add(account.Lease.Id);
                await TakeInAsync(account.Lease, ct);
            }
        }

        foreach (var lease in book.Open.Where(lease => lease.Stage != LeaseStage.Closing && !running.Contains(lease.Id))) await LookAtAsync(lease.Id, ct);
        await ReleaseGhostsAsync(running, ct);
    }

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var age = time.GetElapsedTime(Volatile.Read(ref _turnedAt));
        return Task.FromResult(age < 3 * options.CurrentValue.SweepInterval + SweepAllowance
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"leases were not compared with the market for {age.TotalSeconds:0} s"));
    }

    /// <summary>The engine holds something for leases that the book does not know, for example after the ledger was lost: the market decides.</summary>
    /// <remarks>Returns at once; nothing is touched while the market cannot be asked.</remarks>
    public void LookAtUnknown(IReadOnlyCollection<LeaseId> leases, CancellationToken ct)
    {
        if (leases.Count == 0 || _unknown is { IsCompleted: false }) return;
        _unknown = Task.Run(() => LookAtUnknownAsync(leases, ct), CancellationToken.None);
    }

    /// <summary>Gives back what the lease held of this host; after its last container is gone.</summary>
    public void Release(LeaseId id)
    {
        reservations.Release(id.Order);
        _booked.TryRemove(id.Order, out _);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.CurrentValue.SweepInterval, time);
        do
        {
            try
            {
                await SweepOnceAsync(stoppingToken);
            }
            catch (MarketUnavailableException error)
            {
                Log.MarketAway(log, error);
            }

            Volatile.Write(ref _turnedAt, time.GetTimestamp());
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task LookAtUnknownAsync(IReadOnlyCollection<LeaseId> leases, CancellationToken ct)
    {
        try
        {
            foreach (var id in leases)
            {
                if (await market.FindLeaseAsync(id, ct) is not { } account) Log.UnknownToMarket(log, id);
                else if (account.Lease.IsRunning) await TakeInAsync(account.Lease, ct);
                else await book.AdoptEndedAsync(account.Lease, ct);
            }
        }
        catch (MarketUnavailableException error)
        {
            Log.MarketAway(log, error);
        }
        catch (OperationCanceledException)
        {
            // stopping
        }
    }

    /// <summary>A lease that was won and ended between two looks never came into the book, but what was set aside for it is still assigned.</summary>
    private async Task ReleaseGhostsAsync(HashSet<LeaseId> running, CancellationToken ct)
    {
        foreach (var order in reservations.Snapshot.Reservations.Where(entry => entry.Value.IsAssigned).Select(entry => entry.Key))
        {
            var id = new LeaseId(order, market.Account);
            if (running.Contains(id) || book.Find(id) is not null) continue;
            if (await market.FindLeaseAsync(id, ct) is { Lease.IsRunning: false } && book.Find(id) is null)
            {
                Log.Ghost(log, order);
                Release(id);
            }
        }
    }

    /// <summary>Asks the market for one lease and does what its answer says.</summary>
    private async Task LookAtAsync(LeaseId id, CancellationToken ct)
    {
        if (await market.FindLeaseAsync(id, ct) is not { } account)
        {
            // The market forgets no lease: an endpoint that does not know it is behind, or on another history.
            Log.UnknownToMarket(log, id);
            return;
        }

        if (account.Lease.IsRunning) await TakeInAsync(account.Lease, ct);
        else await book.ApplyAsync(id, LeaseEvent.CloseSeen, lease => lease with { CloseReason = account.Lease.CloseReason }, ct);
    }

    private async Task TakeInAsync(Lease lease, CancellationToken ct)
    {
        if (book.Find(lease.Id)?.Stage == LeaseStage.Closing) return;
        if (!_booked.ContainsKey(lease.Id.Order))
        {
            var deployment = await market.FindDeploymentAsync(lease.Id.Deployment, ct);
            if (deployment?.Groups.FirstOrDefault(group => group.Id == lease.Id.Group) is { } group)
            {
                reservations.EnsureAssigned(lease.Id.Order, group.Spec);
                _booked[lease.Id.Order] = true;
            }
        }

        await book.AdoptAsync(lease, ct);
    }

    private static partial class Log
    {
        [LoggerMessage(4010, LogLevel.Warning, "The market cannot be asked about leases; all of them are kept as they are", EventName = "MarketAway")]
        public static partial void MarketAway(ILogger logger, Exception error);

        [LoggerMessage(4011, LogLevel.Warning, "The market does not know lease {Lease}; it is kept, and asked about again", EventName = "UnknownToMarket")]
        public static partial void UnknownToMarket(ILogger logger, LeaseId lease);

        [LoggerMessage(4012, LogLevel.Warning, "The lease on {Order} ended before anything was run for it; what was set aside is for sale again", EventName = "Ghost")]
        public static partial void Ghost(ILogger logger, OrderId order);
    }
}
