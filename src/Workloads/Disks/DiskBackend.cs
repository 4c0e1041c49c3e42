using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>How tenants are held to the disk space that they leased.</summary>
public enum DiskBackend
{
    /// <summary>What the engine can do by itself, else file systems in files.</summary>
    Auto,

    /// <summary>The engine's project quotas: its data lies on XFS that is mounted with pquota.</summary>
    Quota,

    /// <summary>File systems of the leased size in files, for layers and volumes.</summary>
    Loop,

    /// <summary>The engine's own limits for layers with the storage driver btrfs or zfs; file systems in files for volumes.</summary>
    Btrfs,

    /// <summary>Nobody is held to anything: one tenant can fill the disk of all.</summary>
    None,
}

/// <summary>Who holds one kind of disk to its size.</summary>
internal enum DiskKeeper
{
    Nobody,
    Engine,
    Loop,
}

/// <summary>What this host can promise of one kind of disk.</summary>
/// <param name="Keeper">Who holds it to its size.</param>
/// <param name="Problem">Why none can be made or sold, and the fix; null when they can.</param>
internal sealed record DiskPart(DiskKeeper Keeper, string? Problem);

/// <summary>Which way the disks of this host are limited, and why not in another.</summary>
/// <param name="Backend">As asked for.</param>
/// <param name="Layers">Writable layers and scratch folders.</param>
/// <param name="Volumes">Persistent volumes.</param>
/// <param name="Findings">Each way that there is, and what stands in its way.</param>
internal sealed record DiskChoice(DiskBackend Backend, DiskPart Layers, DiskPart Volumes, ValueList<DiskFinding> Findings)
{
    private const string HowToGoOn = "mend that, or set workloads.volumes.backend to none to sell disks that nobody is held to";

    /// <summary>Nothing was looked at yet.</summary>
    public static DiskChoice Unknown { get; } = new(DiskBackend.Auto, new(DiskKeeper.Nobody, "the engine has not been asked yet"), new(DiskKeeper.Nobody, "the engine has not been asked yet"), []);

    /// <summary>Picks the way for each kind of disk. Pure.</summary>
    /// <param name="wanted">What the operator wants.</param>
    /// <param name="engine">What the engine can do by itself.</param>
    /// <param name="loopProblem">What keeps this host from making file systems in files; null when nothing does.</param>
    public static DiskChoice Of(DiskBackend wanted, EngineDiskAbility engine, string? loopProblem)
    {
        var loopLayers = loopProblem ?? (engine.IsOverlay ? null : $"the engine's storage driver is {engine.Driver}: file systems in files go under overlay2 only");
        ValueList<DiskFinding> findings =
        [
            new(DiskBackend.Quota, engine.QuotaProblem, engine.QuotaProblem),
            new(DiskBackend.Btrfs, engine.NativeProblem, loopProblem),
            new(DiskBackend.Loop, loopLayers, loopProblem),
        ];
        return wanted switch
        {
            DiskBackend.None => new(wanted, new(DiskKeeper.Nobody, null), new(DiskKeeper.Nobody, null), findings),
            DiskBackend.Quota => new(wanted, Part(DiskKeeper.Engine, engine.QuotaProblem), Part(DiskKeeper.Engine, engine.QuotaProblem), findings),
            DiskBackend.Btrfs => new(wanted, Part(DiskKeeper.Engine, engine.NativeProblem), Part(DiskKeeper.Loop, loopProblem), findings),
            DiskBackend.Loop => new(wanted, Part(DiskKeeper.Loop, loopLayers), Part(DiskKeeper.Loop, loopProblem), findings),
            _ => new(
                wanted,
                engine.QuotaProblem is null || engine.NativeProblem is null ? new(DiskKeeper.Engine, null) : Part(DiskKeeper.Loop, loopLayers),
                engine.QuotaProblem is null ? new(DiskKeeper.Engine, null) : Part(DiskKeeper.Loop, loopProblem),
                findings),
        };
    }

    private static DiskPart Part(DiskKeeper keeper, string? problem) => new(keeper, problem is null ? null : $"this host cannot hold tenants to their disk space: {problem}; {HowToGoOn}");
}

/// <summary>One way to limit disks, and what stands in its way.</summary>
/// <param name="Backend">The way.</param>
/// <param name="LayerProblem">Why layers cannot be limited so; null when they can.</param>
/// <param name="VolumeProblem">Why volumes cannot be limited so; null when they can.</param>
public sealed record DiskFinding(DiskBackend Backend, string? LayerProblem, string? VolumeProblem);
