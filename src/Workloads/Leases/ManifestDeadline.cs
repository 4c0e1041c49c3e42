using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>How long tenants have to say what to run.</summary>
public interface IManifestDeadline
{
    /// <summary>When a lease is ended if no manifest comes.</summary>
    /// <returns>Null when it has one, when none is awaited for ever, or when a manifest may have been here before.</returns>
    DateTimeOffset? DueAt(LeaseId lease);
}

/// <summary>Ends leases whose tenants never say what to run: what was set aside for them is sold to others, and the tenants stop paying.</summary>
/// <remarks>
/// A lease with a manifest is never touched, nor one whose manifest may only have been forgotten here: of which the engine holds anything, or of which this host
/// heard long after it was made. The time counts while this daemon runs, so that a tenant is not held to the time in which nobody took its manifest.
/// The stage is stored before the market is asked, and from then on no manifest is taken: none is accepted for a lease that is about to end.
/// </remarks>
internal sealed partial class ManifestDeadline(LeaseBook book, IWorkloads workloads, IMarketplace market, IOptionsMonitor<WorkloadOptions> options, TimeProvider time, ILogger<ManifestDeadline> log) : BackgroundService, IManifestDeadline
{
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(5);

    // A refusal may have cost a fee, and what refuses once mostly does so again; what is done is seen a little later.
    private static readonly TimeSpan PauseAfterAnswer = TimeSpan.FromMinutes(30);

    // A host that learns of a lease so long after it was made has been away, or has lost its books: then a manifest may have been here.
    private static readonly TimeSpan LearnedLate = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<LeaseId, long> _waitingSince = [];
    private readonly ConcurrentDictionary<LeaseId, long> _askedAt = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Turn, time);
        do await TurnAsync(stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <inheritdoc/>
    public DateTimeOffset? DueAt(LeaseId lease) =>
        options.CurrentValue.ManifestTimeout is var timeout && timeout > TimeSpan.Zero && _waitingSince.TryGetValue(lease, out var since) && !_askedAt.ContainsKey(lease) && IsEmptyHanded(lease)
            ? time.GetUtcNow() + timeout - time.GetElapsedTime(since)
            : null;

    /// <summary>A tenant has sent something, be it wrong: it is not gone, and has its full time to correct it.</summary>
    public void NoteAttempt(DeploymentId deployment)
    {
        foreach (var lease in _waitingSince.Keys)
        {
            if (lease.Deployment == deployment) _waitingSince[lease] = time.GetTimestamp();
        }
    }

    /// <summary>One look at all leases.</summary>
    internal async Task TurnAsync(CancellationToken ct)
    {
        var waiting = book.Open.Where(lease => lease.Stage is LeaseStage.AwaitingManifest or LeaseStage.Overdue).ToArray();
        foreach (var gone in _waitingSince.Keys.Except(waiting.Select(lease => lease.Id)).ToArray())
        {
            _waitingSince.TryRemove(gone, out _);
            _askedAt.TryRemove(gone, out _);
        }

        foreach (var lease in waiting)
        {
            _waitingSince.TryAdd(lease.Id, time.GetTimestamp());
            if (!IsDue(lease)) continue;
            try
            {
                await EndAsync(lease, ct);
            }
            catch (MarketUnavailableException error)
            {
                Log.Delayed(log, lease.Id, error);
                return; // the others would fare no better
            }
        }
    }

    private bool IsDue(LeaseRecord lease)
    {
        if (_askedAt.TryGetValue(lease.Id, out var asked) && time.GetElapsedTime(asked) < PauseAfterAnswer) return false;
        // Begun in an earlier run of the daemon: finish it.
        if (lease.Stage == LeaseStage.Overdue) return true;
        return options.CurrentValue.ManifestTimeout is var timeout && timeout > TimeSpan.Zero && time.GetElapsedTime(_waitingSince[lease.Id]) >= timeout && IsEmptyHanded(lease.Id);
    }

    /// <summary>The engine was asked, and holds no container and no volume of the lease.</summary>
    private bool IsEmptyHanded(LeaseId lease) =>
        workloads.Snapshot is { IsStale: false } snapshot && snapshot.Leases.TryGetValue(lease, out var view) && view.Actual is { Containers.Count: 0, Volumes.Count: 0 };

    private async Task<bool> IsLearnedLateAsync(LeaseRecord lease, CancellationToken ct)
    {
        var age = (await market.GetTickAsync(ct) - lease.CreatedAt) * market.Clock.TickLength;
        return age - (time.GetUtcNow() - lease.SeenAt) > LearnedLate;
    }

    private async Task EndAsync(LeaseRecord lease, CancellationToken ct)
    {
        // One that has ended already, or that another endpoint does not know, is the keeper's.
        if (await market.FindLeaseAsync(lease.Id, ct) is not { Lease: { State: LeaseState.Active } account }) return;
        if (account.Reclaim is not null || await IsLearnedLateAsync(lease, ct))
        {
            // Where notice was promised, giving it costs the tenant and keeps the resources as long as waiting does.
            _askedAt[lease.Id] = time.GetTimestamp();
            await book.ApplyAsync(lease.Id, LeaseEvent.CloseRefused, null, ct);
            return;
        }

        if (lease.Stage == LeaseStage.AwaitingManifest && await book.ApplyAsync(lease.Id, LeaseEvent.ManifestOverdue, null, ct) is null) return; // it has just come
        var outcome = await market.SubmitAsync(new MarketAction.CloseBid(new(lease.Id.Order, lease.Id.Provider), LeaseCloseReason.ManifestTimeout), ct);
        _askedAt[lease.Id] = time.GetTimestamp();
        if (outcome is ActionOutcome.Refused refused)
        {
            await book.ApplyAsync(lease.Id, LeaseEvent.CloseRefused, null, ct);
            Log.Refused(log, lease.Id, refused.Reason, refused.Detail);
        }
        else if (outcome is ActionOutcome.Done done)
        {
            Log.Ended(log, lease.Id, options.CurrentValue.ManifestTimeout, done.Transaction);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4015, LogLevel.Information, "{Lease}: its tenant sent no manifest within {Timeout}, so it was ended ({Transaction})", EventName = "ManifestOverdue")]
        public static partial void Ended(ILogger logger, LeaseId lease, TimeSpan timeout, string transaction);

        [LoggerMessage(4016, LogLevel.Warning, "{Lease}: no manifest came, but the market did not end it ({Reason}: {Detail}); the tenant may still send one", EventName = "ManifestOverdueRefused")]
        public static partial void Refused(ILogger logger, LeaseId lease, MarketRefusal reason, string detail);

        [LoggerMessage(4017, LogLevel.Warning, "{Lease}: no manifest came, but the market cannot be asked to end it now; it is tried again", EventName = "ManifestOverdueDelayed")]
        public static partial void Delayed(ILogger logger, LeaseId lease, Exception error);
    }
}
