using ProviderAgent.Docker.Models;

namespace ProviderAgent.Workloads;

/// <summary>What an engine can limit by itself, from what it and the mount table say.</summary>
/// <param name="Driver">Its storage driver.</param>
/// <param name="QuotaProblem">Why it has no project quotas; null when it has.</param>
/// <param name="NativeProblem">Why its storage driver limits no layer by itself; null when it does.</param>
internal sealed record EngineDiskAbility(string Driver, string? QuotaProblem, string? NativeProblem)
{
    private static readonly string[] NativeDrivers = ["btrfs", "zfs"];
    private static readonly string[] QuotaOptions = ["prjquota", "pquota"];

    public bool IsOverlay => Driver == "overlay2";

    /// <param name="info">What the engine says of itself.</param>
    /// <param name="mounts">This host's mount table.</param>
    public static EngineDiskAbility Of(SystemInfoResponse info, IReadOnlyList<MountEntry> mounts)
    {
        var native = NativeDrivers.Contains(info.Driver) ? null : $"the engine's storage driver is {info.Driver}, not btrfs or zfs (\"storage-driver\" in /etc/docker/daemon.json, with its data folder on such a file system)";
        return new(info.Driver, QuotaMissing(info, mounts), native);
    }

    private static string? QuotaMissing(SystemInfoResponse info, IReadOnlyList<MountEntry> mounts)
    {
        if (info.Driver != "overlay2") return $"the engine's storage driver is {info.Driver}: project quotas need overlay2";
        var backing = info.DriverStatus.FirstOrDefault(pair => pair is ["Backing Filesystem", _])?[1] ?? "unknown";
        if (backing != "xfs") return $"{info.DockerRootDir} lies on {backing}: project quotas need XFS, mounted with pquota";
        var mount = MountTable.Of(info.DockerRootDir, mounts);
        return mount is not null && mount.Options.Split(',').Any(QuotaOptions.Contains)
            ? null
            : $"{info.DockerRootDir} lies on XFS without project quotas: add pquota to its mount options in /etc/fstab (rootflags=pquota on the kernel's command line for the root file system)";
    }
}
