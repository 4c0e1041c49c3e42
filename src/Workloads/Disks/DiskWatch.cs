using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Docker;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Looks after tenants' disks: how full they are, which of them nobody needs any more, and how much room is left.</summary>
internal sealed partial class DiskWatch(
    TenantDisks disks,
    LeaseBook book,
    IDockerClient engine,
    IDataDisk dataDisk,
    DiskMetrics metrics,
    IOptionsMonitor<WorkloadOptions> options,
    TimeProvider time,
    ILogger<DiskWatch> log) : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(15);

    // What is found without an owner is not removed at once: a person may have an idea what it was.
    private static readonly TimeSpan OrphanGrace = TimeSpan.FromDays(1);

    private string? _trouble;

    /// <summary>As of the latest look.</summary>
    public DiskLevel Level { get; private set; }

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        Level == DiskLevel.Alarm ? HealthCheckResult.Degraded($"less than {options.CurrentValue.Volumes.AlarmBelow} is free on the disk that tenants share")
        : disks.Problems.FirstOrDefault() is { } problem ? HealthCheckResult.Degraded(problem)
        : HealthCheckResult.Healthy());

    /// <summary>One look at everything.</summary>
    /// <exception cref="EngineException">The engine did not answer in full: nothing is removed on half an answer.</exception>
    internal async Task LookAsync(CancellationToken ct)
    {
        if (disks.Choice.Layers.Problem is not null || disks.Choice.Volumes.Problem is not null) await disks.ChooseAsync(ct);
        Measure();
        if (!disks.UsesFiles || await disks.RefreshAsync(ct) is not { } found) return;
        await CollectLayersAsync(found, ct);
        await CollectVolumesAsync(found, ct);
        await CollectKeptAsync(ct);
        Measure();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        metrics.Observe(disks, () => Level, FreeBytes);
        using var timer = new PeriodicTimer(Turn, time);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
                _trouble = null;
            }
            catch (Exception error) when (error is EngineException or DiskException)
            {
                if (_trouble != error.Message) Log.NotLooked(log, error.Message);
                _trouble = error.Message;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private void Measure()
    {
        var free = FreeBytes();
        var marks = options.CurrentValue.Volumes;
        var level = DiskLevels.Of(free, marks);
        disks.SetSpaceProblem(level == DiskLevel.Ample ? null : $"only {new ByteSize(free ?? 0)} are free on the disk, less than workloads.volumes.stop_selling_below ({marks.StopSellingBelow})");
        if (level == Level) return;
        if (level == DiskLevel.Alarm) Log.Alarm(log, new ByteSize(free ?? 0));
        else if (level > Level) Log.Short(log, new ByteSize(free ?? 0), level);
        else if (level == DiskLevel.Ample) Log.Ample(log);
        Level = level;
    }

    /// <summary>The smaller of what is free where images and logs lie and where disks lie; null when neither says.</summary>
    private long? FreeBytes()
    {
        var (images, files) = (dataDisk.FreeBytes(), disks.UsesFiles ? FreeOf(options.CurrentValue.Volumes.Folder) : null);
        return images is { } one && files is { } other ? Math.Min(one, other) : images ?? files;
    }

    private static long? FreeOf(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private async Task CollectLayersAsync(IReadOnlyList<HostDisk> found, CancellationToken ct)
    {
        // In this order: a key that was being prepared when the disks were listed is still so, or its container is in the list.
        var preparing = disks.Preparing;
        var containers = await engine.Containers.ListContainersAsync(new() { All = true }, ct);
        var used = containers.Select(container => LayerLabels.Read(container.Labels)?.Key).OfType<string>().ToHashSet(StringComparer.Ordinal);
        foreach (var key in DiskOrphans.Layers(found, preparing, used))
        {
            if (await TryAsync(() => disks.RemoveLayerAsync(key, ct))) Log.Collected(log, $"layer {key}", "no container has it");
        }
    }

    private async Task CollectVolumesAsync(IReadOnlyList<HostDisk> found, CancellationToken ct)
    {
        if (!found.Any(disk => disk.Kind == HostDiskKind.Volume)) return;
        // The lease first: its volume is made while it is on the books.
        var leases = book.Open.Select(lease => WorkloadNames.ShortHash(lease.Id)).ToHashSet(StringComparer.Ordinal);
        var known = (await engine.Volumes.ListAsync(ct)).Volumes.Select(volume => volume.Name).ToHashSet(StringComparer.Ordinal);
        var orphans = DiskOrphans.Volumes(found, known, leases).ToArray();
        foreach (var name in orphans)
        {
            if (!await TryAsync(() => disks.Host.RemoveVolumeAsync(disks.Space, name, keep: true, ct))) continue;
            Log.Collected(log, $"volume {name}", "neither the engine nor the books know it; it is kept for a while");
        }

        if (orphans.Length > 0) await disks.RefreshAsync(ct);
    }

    private async Task CollectKeptAsync(CancellationToken ct)
    {
        var marks = options.CurrentValue.Volumes;
        var keep = marks.Grace > TimeSpan.Zero ? marks.Grace : OrphanGrace;
        foreach (var name in DiskOrphans.Expired(disks.Kept, keep, time.GetUtcNow())) await RemoveKeptAsync(name, "its time is over", ct);
        foreach (var name in disks.Kept.OrderBy(disk => disk.KeptSince).Select(disk => disk.Name))
        {
            if (DiskLevels.Of(FreeBytes(), marks) < DiskLevel.Collecting) return;
            await RemoveKeptAsync(name, "the disk is filling", ct);
        }
    }

    private async Task RemoveKeptAsync(string name, string why, CancellationToken ct)
    {
        if (!await TryAsync(() => disks.Host.RemoveKeptAsync(disks.Space, name, ct))) return;
        disks.Use.Remove(HostDiskKind.Kept, name);
        Log.Collected(log, $"kept volume {name}", why);
    }

    /// <summary>One disk that cannot be removed holds up no other.</summary>
    private async Task<bool> TryAsync(Func<Task> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (DiskException error)
        {
            Log.NotCollected(log, error.Message);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4150, LogLevel.Warning, "Only {Free} are free on the disk that tenants share: {Level}", EventName = "DiskShort")]
        public static partial void Short(ILogger logger, ByteSize free, DiskLevel level);

        [LoggerMessage(4151, LogLevel.Error, "Only {Free} are free on the disk that tenants share: remove what is not needed, or make it larger", EventName = "DiskAlarm")]
        public static partial void Alarm(ILogger logger, ByteSize free);

        [LoggerMessage(4152, LogLevel.Information, "There is room on the disk again; storage is sold", EventName = "DiskAmple")]
        public static partial void Ample(ILogger logger);

        [LoggerMessage(4153, LogLevel.Information, "Removed {What}: {Why}", EventName = "DiskCollected")]
        public static partial void Collected(ILogger logger, string what, string why);

        [LoggerMessage(4154, LogLevel.Warning, "A disk without an owner is still there: {Reason}", EventName = "DiskNotCollected")]
        public static partial void NotCollected(ILogger logger, string reason);

        [LoggerMessage(4155, LogLevel.Warning, "Tenants' disks could not be looked after: {Reason}", EventName = "DisksNotLooked")]
        public static partial void NotLooked(ILogger logger, string reason);
    }
}
