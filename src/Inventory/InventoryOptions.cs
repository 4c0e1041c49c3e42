using System.Globalization;
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

    /// <summary>GPUs.</summary>
    public GpuOptions Gpu { get; set; } = new();

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

    /// <summary>GPUs: a UUID, a PCI address, a model (all of it), or a model and how many of it, such as <c>rtx4090=1</c>.</summary>
    /// <value>Default none.</value>
    public List<string> Gpus { get; set; } = [];

    /// <summary>Times of the week at which more is kept back. Leases that run then go on; what they give back is not sold again before the end.</summary>
    /// <value>Default none.</value>
    public List<KeepWindow> Schedule { get; set; } = [];
}

/// <summary>A time of the week at which the owner wants the machine.</summary>
public sealed class KeepWindow
{
    /// <summary>Days on which it begins: <c>mon</c> to <c>sun</c>.</summary>
    /// <value>Default none, which means every day.</value>
    public List<string> Days { get; set; } = [];

    /// <summary>When it begins, as <c>18:00</c>.</summary>
    /// <value>Required.</value>
    public string From { get; set; } = "";

    /// <summary>When it ends, as <c>23:30</c>; at or before its beginning means on the next day.</summary>
    /// <value>Required.</value>
    public string Until { get; set; } = "";

    /// <summary>Time zone of the two, as <c>Europe/Berlin</c>.</summary>
    /// <value>Default UTC.</value>
    public string Zone { get; set; } = "UTC";

    /// <summary>Processor time kept back then; the larger of this and the standing amount counts.</summary>
    /// <value>Default 0.</value>
    public MilliCpu Cpu { get; set; }

    /// <summary>Memory kept back then; the larger of this and the standing amount counts.</summary>
    /// <value>Default 0.</value>
    public ByteSize Memory { get; set; }

    /// <summary>GPUs kept back then, beside the standing ones.</summary>
    /// <value>Default none.</value>
    public List<string> Gpus { get; set; } = [];
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

/// <summary>Volumes beside the writable layer.</summary>
public sealed class StorageClassesOptions
{
    /// <summary>Memory-backed volumes (class <c>ram</c>), counted as memory.</summary>
    /// <value>Default true.</value>
    public bool Ram { get; set; } = true;

    /// <summary>Classes of persistent volumes: <c>default</c>, <c>beta1</c> (hard disk), <c>beta2</c> (SSD), <c>beta3</c> (NVMe). They share the disk of the writable layers.</summary>
    /// <value>Default none. Sold only while tenants are held to their size, or the operator has said that they need not be (<c>workloads.volumes.backend</c>).</value>
    public List<string> Persistent { get; set; } = [];

    /// <summary>What the market must know of these classes: a numbered group of capabilities for each.</summary>
    /// <param name="configured">Keys of the attributes that the operator has chosen; as soon as they say anything about storage, nothing is added.</param>
    public IEnumerable<MarketAttribute> Attributes(IEnumerable<string> configured) =>
        configured.Any(key => key.StartsWith(AttributeMatch.StoragePrefix, StringComparison.Ordinal)) ? [] : Attributes();

    private IEnumerable<MarketAttribute> Attributes() => Persistent.Select(name => (Class: name, IsPersistent: "true"))
        .Concat(Ram ? [(StorageVolume.RamClass, "false")] : [])
        .SelectMany((volume, i) => new MarketAttribute[]
        {
            new(string.Create(CultureInfo.InvariantCulture, $"{AttributeMatch.StoragePrefix}{i + 1}/class"), volume.Class),
            new(string.Create(CultureInfo.InvariantCulture, $"{AttributeMatch.StoragePrefix}{i + 1}/persistent"), volume.IsPersistent),
        });
}
