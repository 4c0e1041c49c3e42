using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>Section <c>inventory</c>: what of this host is for sale.</summary>
public sealed class InventoryOptions
{
    /// <summary>What is never sold: it stays with the operating system, the engine and this daemon.</summary>
    public KeepOptions Keep { get; set; } = new();

    /// <summary>How much more than what is there may be sold.</summary>
    public OvercommitOptions Overcommit { get; set; } = new();

    /// <summary>Classes of volumes that are for sale beside the container's own writable layer.</summary>
    public StorageClassesOptions StorageClasses { get; set; } = new();

    /// <summary>Folder whose file system holds the containers' data; its free space is what is sold as ephemeral storage.</summary>
    /// <value>Default empty: the folder that the engine itself names. Otherwise an absolute path.</value>
    public string DataFolder { get; set; } = "";

    /// <summary>Pause between two looks at the hardware.</summary>
    /// <value>Default 30 s; 1 s to 10 min.</value>
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>Amounts kept back from sale.</summary>
public sealed class KeepOptions
{
    /// <summary>Processor time.</summary>
    /// <value>Default 250m, a quarter of a thread; not negative.</value>
    public MilliCpu Cpu { get; set; } = new(250);

    /// <summary>Memory. Raise it on a machine that is also used for other things.</summary>
    /// <value>Default 256 MiB; not negative.</value>
    public ByteSize Memory { get; set; } = new(256 * ByteSize.MiB);

    /// <summary>Disk space for images, logs and the system.</summary>
    /// <value>Default 10 GiB; not negative.</value>
    public ByteSize Storage { get; set; } = new(10 * ByteSize.GiB);
}

/// <summary>Factors by which a resource is sold more than once. There is none for disks and devices: they cannot be shared out twice.</summary>
public sealed class OvercommitOptions
{
    /// <summary>Processor time: tenants share what is busy.</summary>
    /// <value>Default 1 (none); 1 to 16.</value>
    public decimal Cpu { get; set; } = 1;

    /// <summary>Memory: above 1 a tenant can be killed although it stays within its lease.</summary>
    /// <value>Default 1 (none); 1 to 4.</value>
    public decimal Memory { get; set; } = 1;
}

/// <summary>Volumes beside the writable layer. Persistent classes are not for sale in this version.</summary>
public sealed class StorageClassesOptions
{
    /// <summary>Memory-backed volumes (class <c>ram</c>), counted as memory.</summary>
    /// <value>Default true.</value>
    public bool Ram { get; set; } = true;
}
