namespace ProviderAgent.Docker.Models;

/// <summary>A mount that is asked for.</summary>
public sealed class Mount
{
    /// <summary><c>volume</c>, <c>tmpfs</c> or <c>bind</c>.</summary>
    public string? Type { get; set; }

    /// <summary>Name of a volume, or path on the host.</summary>
    public string? Source { get; set; }

    /// <summary>Path in the container.</summary>
    public string? Target { get; set; }

    public bool ReadOnly { get; set; }

    public BindOptions? BindOptions { get; set; }

    public VolumeOptions? VolumeOptions { get; set; }

    public TmpfsOptions? TmpfsOptions { get; set; }
}

/// <summary>Details of a <c>bind</c> mount.</summary>
public sealed class BindOptions
{
    /// <summary><c>private</c>, <c>rprivate</c>, <c>shared</c> …</summary>
    public string? Propagation { get; set; }

    public bool NonRecursive { get; set; }
}

/// <summary>Details of a <c>volume</c> mount.</summary>
public sealed class VolumeOptions
{
    /// <summary>True: what the image has at the target is not copied into the new volume.</summary>
    public bool NoCopy { get; set; }

    public IDictionary<string, string>? Labels { get; set; }

    /// <summary>How a volume without a name is made.</summary>
    public VolumeDriverConfig? DriverConfig { get; set; }
}

/// <summary>How the driver of a volume makes it.</summary>
public sealed class VolumeDriverConfig
{
    public string? Name { get; set; }

    /// <summary>For <c>local</c>: <c>type</c>, <c>device</c>, <c>o</c> as for mount(2).</summary>
    public IDictionary<string, string>? Options { get; set; }
}

/// <summary>Details of a <c>tmpfs</c> mount.</summary>
public sealed class TmpfsOptions
{
    /// <summary>Bytes; zero for half of the host's memory.</summary>
    public long SizeBytes { get; set; }

    /// <summary>Permission bits, as 511 for 0777; zero for 0777 with the sticky bit.</summary>
    public uint Mode { get; set; }
}

/// <summary>A mount as the engine made it.</summary>
public sealed class MountPoint
{
    public string Type { get; set; } = "";

    /// <summary>Name of the volume; empty for other kinds.</summary>
    public string Name { get; set; } = "";

    /// <summary>Path on the host.</summary>
    public string Source { get; set; } = "";

    /// <summary>Path in the container.</summary>
    public string Destination { get; set; } = "";

    public string Driver { get; set; } = "";

    public string Mode { get; set; } = "";

    /// <summary>True when the container may write.</summary>
    public bool RW { get; set; }
}
