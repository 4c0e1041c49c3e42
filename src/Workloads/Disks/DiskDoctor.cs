using Microsoft.Extensions.Options;
using ProviderAgent.Docker.Models;

namespace ProviderAgent.Workloads;

/// <summary>Which promise about disks a host can keep, without a daemon.</summary>
/// <param name="Wanted"><c>workloads.volumes.backend</c>.</param>
/// <param name="Layers">How writable layers are held to their size.</param>
/// <param name="LayerProblem">Why they are not; null when they are, or need not be.</param>
/// <param name="Volumes">How persistent volumes are held to their size.</param>
/// <param name="VolumeProblem">Why they are not; null when they are, or need not be.</param>
/// <param name="Findings">Each way that there is, and what stands in its way.</param>
/// <param name="FreeBytes">What is free on the engine's disk; null when it cannot be told.</param>
/// <param name="Level">What follows from that.</param>
public sealed record DiskReport(
    DiskBackend Wanted, string Layers, string? LayerProblem, string Volumes, string? VolumeProblem, IReadOnlyList<DiskFinding> Findings, long? FreeBytes, DiskLevel Level);

/// <summary>Looks at the disks of this host as the daemon does, and changes nothing but the folder for disks, which is made.</summary>
public static class DiskDoctor
{
    /// <param name="info">What the engine says of itself.</param>
    /// <param name="options">Section <c>workloads</c>.</param>
    /// <param name="time">For deadlines.</param>
    /// <param name="ct">Ends the look.</param>
    public static async Task<DiskReport> LookAsync(SystemInfoResponse info, WorkloadOptions options, TimeProvider time, CancellationToken ct)
    {
        var host = new HostDisksSource(Options.Create(options), time).Choose(() => info.DockerRootDir);
        var choice = DiskChoice.Of(options.Volumes.Backend, EngineDiskAbility.Of(info, MountTable.Read()), await host.FindProblemAsync(ct));
        (host as IDisposable)?.Dispose();
        var free = new DataDisk(() => info.DockerRootDir).FreeBytes();
        return new(
            options.Volumes.Backend,
            TenantDisks.Text(choice.Layers),
            choice.Layers.Problem,
            TenantDisks.Text(choice.Volumes),
            choice.Volumes.Problem,
            [.. choice.Findings],
            free,
            DiskLevels.Of(free, options.Volumes));
    }
}
