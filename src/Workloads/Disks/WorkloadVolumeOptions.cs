using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Tenants' disks: writable layers and persistent volumes. Section <c>workloads.volumes</c>.</summary>
public sealed class WorkloadVolumeOptions
{
    /// <summary>Folder of a host that was set up as the guide says.</summary>
    public const string DefaultFolder = "/var/lib/provider-agent-disks";

    /// <summary>How tenants are held to the disk space that they leased.</summary>
    /// <value>Default <c>auto</c>: what the engine can do by itself, else <c>loop</c>. With <c>none</c> nobody is held to anything.</value>
    public DiskBackend Backend { get; set; } = DiskBackend.Auto;

    /// <summary>Where the files of <c>loop</c> lie; its disk is what is sold. Must be root's alone, and the same as in the helper's unit.</summary>
    /// <value>Default <c>/var/lib/provider-agent-disks</c>; an absolute path.</value>
    public string Folder { get; set; } = DefaultFolder;

    /// <summary>Socket of the host helper for disks, for a daemon that does not run as root.</summary>
    /// <value>Default <c>/run/provider-agent-disks.sock</c>.</value>
    public string HelperSocket { get; set; } = "/run/provider-agent-disks.sock";

    /// <summary>How long volumes are kept whose lease was not ended by its tenant. Works with volumes in files (<c>loop</c>, <c>btrfs</c>).</summary>
    /// <value>Default 0: removed at once, as after any other end; at most 90 days.</value>
    public TimeSpan Grace { get; set; }

    /// <summary>While less than this is free on the disk, no storage is sold.</summary>
    /// <value>Default 5 GiB; 0 to 1 PiB.</value>
    public ByteSize StopSellingBelow { get; set; } = new(5 * ByteSize.GiB);

    /// <summary>While less than this is free, volumes that are kept are removed, the oldest first. Images have <c>images.collect_below</c>.</summary>
    /// <value>Default 3 GiB; at most <see cref="StopSellingBelow"/>.</value>
    public ByteSize CollectBelow { get; set; } = new(3 * ByteSize.GiB);

    /// <summary>While less than this is free, the alarm is raised.</summary>
    /// <value>Default 2 GiB; at most <see cref="CollectBelow"/>.</value>
    public ByteSize AlarmBelow { get; set; } = new(2 * ByteSize.GiB);
}
