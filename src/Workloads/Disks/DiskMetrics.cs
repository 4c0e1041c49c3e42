using System.Diagnostics.Metrics;

namespace ProviderAgent.Workloads;

/// <summary>Instruments of tenants' disks. Read from memory; nothing is asked at a scrape but how much is free.</summary>
internal sealed class DiskMetrics(IMeterFactory factory) : IDisposable
{
    /// <summary>Name under which an exporter finds the instruments.</summary>
    public const string MeterName = "ProviderAgent.Workloads";

    private readonly Meter _meter = factory.Create(MeterName);

    /// <summary>Shows the numbers at each scrape. Called once, by the watch.</summary>
    public void Observe(TenantDisks disks, Func<DiskLevel> level, Func<long?> free)
    {
        _meter.CreateObservableGauge("provider_disk_free_bytes", () => free() is { } bytes ? [new Measurement<long>(bytes)] : Array.Empty<Measurement<long>>(), description: "What is free on the disk that tenants share");
        _meter.CreateObservableGauge("provider_disk_level", () => (int)level(), description: "0 ample, 1 not selling, 2 collecting, 3 alarm");
        _meter.CreateObservableGauge("provider_disk_limits_enforced", () => new[]
        {
            new Measurement<int>(disks.EnforcesLayers ? 1 : 0, new KeyValuePair<string, object?>("part", "layer")),
            new Measurement<int>(disks.EnforcesVolumes ? 1 : 0, new KeyValuePair<string, object?>("part", "volume")),
        }, description: "1 while tenants are held to their disk space");
        _meter.CreateObservableGauge("provider_disk_set_aside_bytes", () => disks.Use.All.GroupBy(disk => disk.Kind)
            .Select(kind => new Measurement<long>(kind.Sum(disk => disk.Bytes), new KeyValuePair<string, object?>("kind", Name(kind.Key)))), description: "Space that is taken for tenants' disks");
        _meter.CreateObservableGauge("provider_disk_used_bytes", () => Each(disks, fill => fill.UsedBytes), description: "What a tenant's disk holds");
        _meter.CreateObservableGauge("provider_disk_size_bytes", () => Each(disks, fill => fill.TotalBytes), description: "What fits on a tenant's disk");
        _meter.CreateObservableGauge("provider_disk_used_files", () => Each(disks, fill => fill.UsedFiles), description: "Files on a tenant's disk");
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> Each(TenantDisks disks, Func<DiskFill, long> amount) => disks.Use.All
        .Where(disk => disk.Fill is not null)
        .Select(disk => new Measurement<long>(amount(disk.Fill!), new KeyValuePair<string, object?>("kind", Name(disk.Kind)), new KeyValuePair<string, object?>("disk", disk.Name)));

    private static string Name(HostDiskKind kind) => kind.ToString().ToLowerInvariant();
}
