namespace ProviderAgent.Inventory;

/// <summary>GPUs of this host.</summary>
public sealed class GpuOptions
{
    /// <summary>Devices that are never sold nor tested, by UUID or PCI address.</summary>
    /// <value>Default none.</value>
    public List<string> Exclude { get; set; } = [];

    /// <summary>Market names for devices that the table lacks, by product name or derived name: the name's own text, for example <c>rtx5090</c>.</summary>
    /// <value>Default none.</value>
    public Dictionary<string, string> Aliases { get; set; } = [];

    /// <summary>Also sell devices under names that were derived from their product name, because the table does not know them.</summary>
    /// <value>Default false: tenants search for names of the table only.</value>
    public bool AdvertiseDerived { get; set; }

    /// <summary>What a device has to pass before it is sold, and again after each lease.</summary>
    /// <value>Default quick.</value>
    public SelfTestLevel SelfTest { get; set; } = SelfTestLevel.Quick;

    /// <summary>Whether GPUs are looked for.</summary>
    /// <value>Default auto.</value>
    public GpuProbing Probe { get; set; } = GpuProbing.Auto;

    /// <summary>Pause between two looks at the GPUs.</summary>
    /// <value>Default 5 s; 1 s to 1 min.</value>
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>Whether GPUs are looked for.</summary>
public enum GpuProbing
{
    /// <summary>When there is a sign of an NVIDIA device or driver.</summary>
    Auto,

    /// <summary>Also without any sign.</summary>
    Always,

    /// <summary>Never: this host sells no GPU.</summary>
    Never,
}

/// <summary>How thorough a self-test is.</summary>
public enum SelfTestLevel
{
    /// <summary>None.</summary>
    Off,

    /// <summary>256 MiB of memory, and computing: about a second.</summary>
    Quick,

    /// <summary>All memory that can be had, and computing: about half a minute.</summary>
    Full,
}
