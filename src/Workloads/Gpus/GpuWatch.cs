using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Docker;
using ProviderAgent.Inventory;

namespace ProviderAgent.Workloads;

/// <summary>Asks from time to time whether this engine can give GPUs to containers, and whether containers that have some can still use them.</summary>
internal sealed partial class GpuWatch(
    GpuPassthrough passthrough,
    GpuProof proof,
    IReservationBook book,
    IWorkloads workloads,
    LeaseActuators actuators,
    LeaseNotes notes,
    Reconciler reconciler,
    IOptionsMonitor<WorkloadOptions> options,
    TimeProvider time,
    ILogger<GpuWatch> log) : BackgroundService
{
    /// <summary>Looks in a row that must find a container cut off before it is restarted: one can fall into a driver's hiccup.</summary>
    internal const int LooksBeforeRepair = 2;

    // An engine that loses its driver says so at the next start of a container; this is for the one that has just got it.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RecheckAfter = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRepairPause = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, Patient> _patients = new(StringComparer.Ordinal);
    private long? _triedAt;
    private long? _lookedAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Turn, time);
        do await TurnAsync(stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Does what is due.</summary>
    internal async Task TurnAsync(CancellationToken ct)
    {
        try
        {
            if (IsTrialDue() && Device() is { } uuid)
            {
                _triedAt = time.GetTimestamp();
                await passthrough.CheckAsync(uuid, ct);
            }

            if (_lookedAt is not { } at || time.GetElapsedTime(at) >= options.CurrentValue.Gpu.CanaryInterval || _patients.Values.Any(patient => patient.IsDoubtful))
            {
                _lookedAt = time.GetTimestamp();
                await LookAtAllAsync(ct);
            }
        }
        catch (EngineException error)
        {
            Log.NotLooked(log, error); // the reconciler tells that the engine is away
        }
    }

    /// <summary>Looks into every container that has GPUs, once.</summary>
    internal async Task LookAtAllAsync(CancellationToken ct)
    {
        var snapshot = workloads.Snapshot;
        if (snapshot.IsStale) return;
        var running = snapshot.Leases.Values
            .Where(view => view.Lease.Stage != LeaseStage.Closing)
            .SelectMany(view => view.Actual.Containers.Where(container => container.Gpus.Count > 0 && container.Condition == ContainerCondition.Running).Select(container => (view.Lease.Id, container)))
            .ToArray();
        foreach (var gone in _patients.Keys.Except(running.Select(entry => entry.container.Id)).ToArray()) _patients.TryRemove(gone, out _);
        foreach (var (lease, container) in running) await LookAsync(lease, container, ct);
    }

    private async Task LookAsync(Marketplace.LeaseId lease, ActualContainer container, CancellationToken ct)
    {
        var patient = _patients.GetOrAdd(container.Id, _ => new Patient());
        if (patient.Unfinished is { } session && await proof.IsRunningAsync(session, ct)) return;
        var (finding, unfinished) = await proof.LookAsync(container.Id, container.Gpus, ct);
        patient.Unfinished = unfinished;
        var instance = WorkloadNames.Instance(container.Service, container.Replica);
        if (finding.Verdict == GpuVerdict.Wrong)
        {
            // Started in an earlier life of the daemon, or changed since. A restart is proved again, and stopped when it is wrong again.
            Log.Wrong(log, lease, instance, finding.Detail);
            passthrough.Witness(lease.Owner, $"a container sees other GPUs than it was given: {finding.Detail}");
            actuators.TryRun(lease, new PlanStep.RestartContainer(container.Id, container.Service, container.Replica, container.Gpus), reconciler.WakeForStep);
        }

        if (finding.Verdict != GpuVerdict.CutOff)
        {
            patient.CutOffs = 0;
            return;
        }

        patient.CutOffs++;
        if (patient.CutOffs < LooksBeforeRepair) return;
        if (patient.CutOffs == LooksBeforeRepair) Log.CutOff(log, lease, instance, finding.Detail);
        if (!options.CurrentValue.Gpu.RepairCutOff || !patient.MayRepair(time)) return;
        var step = new PlanStep.RestartContainer(container.Id, container.Service, container.Replica, container.Gpus);
        if (!actuators.TryRun(lease, step, reconciler.WakeForStep)) return; // something else is being done for the lease; the next look is soon
        patient.Repaired(time);
        notes.Add(lease, container.Service, container.Replica, $"lost its GPU ({finding.Detail}: the host reloaded its device rules); the replica was restarted to get it back");
        Log.Repaired(log, lease, instance);
    }

    private bool IsTrialDue() =>
        _triedAt is not { } at || time.GetElapsedTime(at) >= (passthrough.Problem is null ? RecheckAfter : RetryAfter);

    /// <summary>A device to try with: one that nobody has, if there is one.</summary>
    private string? Device() => book.Snapshot.Gpus
        .Where(gpu => gpu.Condition != GpuCondition.Lost && GpuUuid.IsPlain(gpu.Card.Uuid))
        .OrderBy(gpu => gpu.Owner is null ? 0 : 1).FirstOrDefault()?.Card.Uuid;

    private sealed class Patient
    {
        private long? _repairedAt;
        private int _repairs;

        /// <summary>A session that did not end in time.</summary>
        public string? Unfinished { get; set; }

        /// <summary>Looks in a row that found it cut off.</summary>
        public int CutOffs { get; set; }

        /// <summary>The next look decides, so it does not wait for its interval.</summary>
        public bool IsDoubtful => CutOffs is > 0 and < LooksBeforeRepair;

        /// <summary>A restart that does not help is not repeated at once.</summary>
        public bool MayRepair(TimeProvider time)
        {
            var pause = TimeSpan.FromMinutes(Math.Min(LongestRepairPause.TotalMinutes, Math.Pow(2, Math.Min(_repairs, 10))));
            return _repairedAt is not { } at || time.GetElapsedTime(at) >= pause;
        }

        public void Repaired(TimeProvider time)
        {
            (_repairedAt, CutOffs) = (time.GetTimestamp(), 0);
            _repairs++;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4120, LogLevel.Error, "{Lease}: {Instance} cannot use its GPU any more ({Detail}). It is restarted; use CDI or the cgroupfs driver to prevent this", EventName = "GpuCutOff")]
        public static partial void CutOff(ILogger logger, Marketplace.LeaseId lease, string instance, string detail);

        [LoggerMessage(4121, LogLevel.Warning, "{Lease}: {Instance} is restarted to get its GPU back", EventName = "GpuRepaired")]
        public static partial void Repaired(ILogger logger, Marketplace.LeaseId lease, string instance);

        [LoggerMessage(4123, LogLevel.Error, "{Lease}: {Instance} has other GPUs than it leased ({Detail}); it is restarted with its own", EventName = "GpuStrayed")]
        public static partial void Wrong(ILogger logger, Marketplace.LeaseId lease, string instance, string detail);

        [LoggerMessage(4122, LogLevel.Debug, "The GPUs of containers could not be looked at", EventName = "GpuNotLooked")]
        public static partial void NotLooked(ILogger logger, Exception error);
    }
}

/// <summary>UUIDs as they may stand in a request to the engine.</summary>
internal static class GpuUuid
{
    /// <summary>True for letters, digits and hyphens: no separator, no number of a device, no "all".</summary>
    public static bool IsPlain(string uuid) =>
        uuid.Length is > 8 and <= 96
        && (uuid.StartsWith("GPU-", StringComparison.Ordinal) || uuid.StartsWith("MIG-", StringComparison.Ordinal))
        && uuid.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-');
}
