using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Docker;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Reads what should run and what does, and acts on the difference: when something happened, and on a timer anyway.</summary>
internal sealed partial class Reconciler(
    LeaseBook book,
    LeaseKeeper keeper,
    DesiredLeases desired,
    EngineReader reader,
    EngineGate gate,
    TenantGuard guard,
    EngineChains chains,
    GuardReadings readings,
    PortAliases aliases,
    ISignalStore signals,
    LeaseActuators actuators,
    GpuProof proof,
    HealthDamper health,
    LeaseNotes notes,
    ReconcileMetrics metrics,
    IOptionsMonitor<WorkloadOptions> options,
    TimeProvider time,
    ILogger<Reconciler> log) : BackgroundService, IWorkloads, IHealthCheck
{
    // One engine call may take its whole deadline, and a pass makes several.
    private static readonly TimeSpan PassAllowance = TimeSpan.FromMinutes(2);

    // An image that is here already is known to be so within this; then its container starts in this pass and not in the next.
    private static readonly TimeSpan ImageAllowance = TimeSpan.FromMilliseconds(50);

    private const string RolledBack = "the latest manifest did not stay up, so the one before it runs again; send a corrected one, or the same one to try it again";

    private readonly WakeSignal<LookCause> _wake = new(time);
    private WorkloadSnapshot _snapshot = WorkloadSnapshot.Empty;
    private long _turnedAt = time.GetTimestamp();
    private bool _engineAway;

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public WorkloadSnapshot Snapshot => Volatile.Read(ref _snapshot);

    /// <summary>Says "look again". May be lost or doubled without harm.</summary>
    public void Wake(LookCause cause) => _wake.Wake(cause);

    /// <summary>Something that was begun is done: its result is looked at.</summary>
    public void WakeForStep() => Wake(LookCause.Step);

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var age = time.GetElapsedTime(Volatile.Read(ref _turnedAt));
        return Task.FromResult(age < 3 * options.CurrentValue.ReconcileInterval + PassAllowance
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"containers were not compared with leases for {age.TotalSeconds:0} s"));
    }

    /// <summary>One look and what follows from it. Steps that take long go on after it returns.</summary>
    /// <returns>When to look again even if nothing happens; null for the normal interval.</returns>
    /// <exception cref="EngineException">The engine did not answer; nothing was concluded.</exception>
    public async Task<DateTimeOffset?> ReconcileOnceAsync(CancellationToken ct)
    {
        var isEngineNew = await gate.CheckAsync(ct);
        var fetched = await FetchImagesAsync(ct);
        var (actual, changes) = health.Take(await reader.ReadAsync(ct));
        foreach (var change in changes) Tell(change);
        if (isEngineNew && gate.Facts is { LiveRestore: false }) actuators.ExcuseEnds(Snapshot.Leases, actual, gate.LostSince);
        var guarded = await guard.EnsureAsync(book.Open.Select(lease => lease.Id).Concat(actual.Keys), actual.Values, ct);
        aliases.Ensure([.. actual.Values], WakeForStep, ct);
        await Task.WhenAny(fetched, Task.Delay(ImageAllowance, time, ct));
        var views = new Dictionary<LeaseId, LeaseView>();
        var gpuHolders = actual.Values.SelectMany(lease => lease.Containers).SelectMany(container => container.Gpus.Select(uuid => (uuid, container))).ToLookup(pair => pair.uuid, pair => pair.container);
        DateTimeOffset? lookAgain = null;
        foreach (var lease in book.Open)
        {
            var holds = actual.GetValueOrDefault(lease.Id) ?? ActualLease.Nothing(lease.Id);
            var (plan, wanted) = await PlanAsync(lease, holds, gpuHolders, ct);
            views[lease.Id] = actuators.View(lease, wanted, holds) with { Signals = readings.Of(lease.Id) };
            if (plan is null) continue;
            if (plan.LookAgainAt is { } at && (lookAgain is null || at < lookAgain)) lookAgain = at;
            // Without the firewall nothing new may start; taking down is always right.
            if (guarded || lease.Stage == LeaseStage.Closing) actuators.Start(plan, wanted, WakeForStep);
        }

        keeper.LookAtUnknown([.. actual.Keys.Where(id => book.Find(id) is null)], ct);
        Volatile.Write(ref _snapshot, new WorkloadSnapshot(views, time.GetUtcNow(), IsStale: false) { Foreign = reader.Foreign, GuardProblem = guard.Problem, EngineProblem = chains.Problem });
        Changed?.Invoke();
        return lookAgain;
    }

    /// <summary>What images a new manifest needs is known before the engine is read: the question to the registry is under way meanwhile.</summary>
    private async Task<Task> FetchImagesAsync(CancellationToken ct)
    {
        var fetches = new List<Task>();
        foreach (var lease in book.Open.Where(lease => lease is { Stage: LeaseStage.Deploying or LeaseStage.Updating, Manifest: not null }))
        {
            try
            {
                fetches.Add(actuators.FetchImagesAsync(await desired.BuildAsync(lease, ct), WakeForStep));
            }
            catch (Exception error) when (error is UnsupportedManifestException or PortsExhaustedException)
            {
                // told when the lease's turn comes
            }
        }

        return Task.WhenAll(fetches);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        book.Changed += _ => Wake(LookCause.Lease);
        chains.Changed += OnChainsChanged;
        Wake(LookCause.Lease);
        DateTimeOffset? lookAgain = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            var cause = await WaitAsync(lookAgain, stoppingToken);
            var begun = time.GetTimestamp();
            var isAnswered = false;
            try
            {
                lookAgain = await ReconcileOnceAsync(stoppingToken);
                isAnswered = true;
                if (_engineAway) Log.EngineBack(log);
                _engineAway = false;
            }
            catch (EngineException error)
            {
                EngineAway(error);
            }
            catch (EngineUnfitException error)
            {
                EngineAway(error);
            }

            Volatile.Write(ref _turnedAt, time.GetTimestamp());
            metrics.Looked(cause, isAnswered, time.GetElapsedTime(begun));
        }
    }

    private async Task<(LeasePlan? Plan, WantedLease? Wanted)> PlanAsync(LeaseRecord lease, ActualLease actual, ILookup<string, ActualContainer> gpuHolders, CancellationToken ct)
    {
        if (lease.Stage == LeaseStage.Closing)
        {
            if (!actual.IsEmpty || actuators.IsBusy(lease.Id)) return (WorkloadPlanner.Teardown(actual, KeepsVolumes(lease)), null);
            await FinishAsync(lease, ct);
            return (null, null);
        }

        if (lease.Manifest is null) return (WorkloadPlanner.Prepare(actual), null);
        try
        {
            var wanted = await desired.BuildAsync(lease, ct);
            actuators.Problem(lease.Id, "", null);
            if (lease.FailedManifest is not null && lease.FailedManifest == lease.Manifest) actuators.Problem(lease.Id, "", RolledBack);
            if (WorkloadPlanner.IsReady(wanted.Desired, actual, container => proof.IsUnproven(container.Id) || aliases.IsPending(container))) await book.ApplyAsync(lease.Id, LeaseEvent.ReplicasReady, null, ct);
            if (await TakeBackAsync(lease, wanted.Desired, actual, ct)) return (null, wanted);
            var plan = actuators.Plan(wanted, actual, gpuHolders);
            return (await ProveAsync(lease, wanted.Desired, actual, plan, ct), wanted);
        }
        catch (Exception error) when (error is UnsupportedManifestException or PortsExhaustedException)
        {
            // What runs from an earlier manifest stays; the tenant sees why the new one does not.
            if (actuators.Problem(lease.Id, "", error.Message)) Log.CannotRun(log, lease.Id, error.Message);
            return (null, null);
        }
    }

    /// <summary>An update that does not stay up gives way to the last manifest that did.</summary>
    private async Task<bool> TakeBackAsync(LeaseRecord lease, DesiredLease wanted, ActualLease actual, CancellationToken ct)
    {
        if (lease.GoodManifest is null || lease.GoodManifest == wanted.Manifest || actuators.FindHopeless(wanted, actual) is not { } hopeless) return false;
        if (await book.ApplyAsync(lease.Id, LeaseEvent.UpdateFailed, record => record with { FailedManifest = wanted.Manifest }, ct) is null) return false;
        notes.Add(lease.Id, hopeless.Service, hopeless.Replica, $"did not stay up after the update to manifest {wanted.Manifest}; the version before it runs again");
        Log.TakenBack(log, lease.Id, wanted.Manifest, WorkloadNames.Instance(hopeless.Service, hopeless.Replica));
        return true; // the change has woken us: the next pass runs the good one
    }

    /// <summary>Notes a manifest as good once all of it has stayed up for a while.</summary>
    private async Task<LeasePlan> ProveAsync(LeaseRecord lease, DesiredLease wanted, ActualLease actual, LeasePlan plan, CancellationToken ct)
    {
        if (lease.Stage != LeaseStage.Active || lease.GoodManifest == wanted.Manifest) return plan;
        if (UpdateJudge.IsProved(wanted, actual, options.CurrentValue.StableAfter, time.GetUtcNow(), out var lookAgainAt))
            await book.ApplyAsync(lease.Id, LeaseEvent.ProvedGood, record => record with { GoodManifest = wanted.Manifest }, ct);
        return lookAgainAt is null || plan.LookAgainAt < lookAgainAt ? plan : plan with { LookAgainAt = lookAgainAt };
    }

    /// <summary>Nothing is done to a replica because of its health; but its tenant can read what its own check said.</summary>
    private void Tell(HealthChange change)
    {
        var (container, instance) = (change.Container, WorkloadNames.Instance(change.Container.Service, change.Container.Replica));
        if (container.Health is not { } now || now.Status == change.Before) return;
        Log.HealthChanged(log, change.Lease, instance, now.Status, now.Output);
        if (now.Status == HealthVerdict.Unhealthy) notes.Add(change.Lease, container.Service, container.Replica, $"fails its image's own health check and gets requests only while no other replica passes: {now.Output}");
        else if (now.Status == HealthVerdict.Healthy && change.Before == HealthVerdict.Unhealthy) notes.Add(change.Lease, container.Service, container.Replica, "passes its image's own health check again");
    }

    /// <summary>Only a tenant that ends its lease itself has said that what is in its volumes may go.</summary>
    private bool KeepsVolumes(LeaseRecord lease) => options.CurrentValue.Volumes.Grace > TimeSpan.Zero && lease.CloseReason != LeaseCloseReason.Owner;

    private async Task FinishAsync(LeaseRecord lease, CancellationToken ct)
    {
        await desired.ForgetAsync(lease.Id, ct);
        await signals.RemoveSignalsAsync(lease.Id, ct);
        await book.ApplyAsync(lease.Id, LeaseEvent.ContainersGone, null, ct);
        keeper.Release(lease.Id);
        actuators.Forget(lease.Id);
    }

    private Task<LookCause> WaitAsync(DateTimeOffset? lookAgain, CancellationToken ct)
    {
        var (pause, cause) = (options.CurrentValue.ReconcileInterval, LookCause.Interval);
        if (lookAgain is { } at && at - time.GetUtcNow() < pause) (pause, cause) = (at - time.GetUtcNow(), LookCause.Due);
        if (pause < TimeSpan.Zero) pause = TimeSpan.Zero;
        return _wake.WaitAsync(pause, cause, ct);
    }

    private void OnChainsChanged()
    {
        if (chains.Problem is null) actuators.EndPauses();
        Wake(LookCause.Event);
    }

    private void EngineAway(Exception error)
    {
        reader.ForgetAll();
        gate.Forget();
        Volatile.Write(ref _snapshot, Snapshot with { IsStale = true, EngineProblem = error is EngineUnfitException ? error.Message : null });
        if (!_engineAway) Log.EngineAway(log, error);
        _engineAway = true;
    }

    private static partial class Log
    {
        [LoggerMessage(4101, LogLevel.Warning, "The container engine does not answer; leases and reservations are kept as they are", EventName = "EngineAway")]
        public static partial void EngineAway(ILogger logger, Exception error);

        [LoggerMessage(4102, LogLevel.Information, "The container engine answers again", EventName = "EngineBack")]
        public static partial void EngineBack(ILogger logger);

        [LoggerMessage(4104, LogLevel.Warning, "{Lease}: the update to {Manifest} does not stay up ({Instance}); the last good manifest runs again", EventName = "TakenBack")]
        public static partial void TakenBack(ILogger logger, LeaseId lease, ManifestHash manifest, string instance);

        [LoggerMessage(4105, LogLevel.Information, "{Lease}: {Instance} is {Health} by its image's own check; it said: {Output}", EventName = "HealthChanged")]
        public static partial void HealthChanged(ILogger logger, LeaseId lease, string instance, HealthVerdict health, string output);

        [LoggerMessage(4103, LogLevel.Warning, "{Lease}: the manifest cannot run here: {Reason}", EventName = "CannotRun")]
        public static partial void CannotRun(ILogger logger, LeaseId lease, string reason);
    }
}
