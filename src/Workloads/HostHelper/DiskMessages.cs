namespace ProviderAgent.Workloads;

/// <summary>Arguments of the verbs for disks; each takes some of them and checks those.</summary>
/// <param name="Space">The provider's part of the folder.</param>
public sealed record DiskArguments(string Space)
{
    /// <summary>A volume, the key of a layer, or a kept volume.</summary>
    public string Name { get; init; } = "";

    /// <summary>Size of the file system.</summary>
    public long Bytes { get; init; }

    /// <summary>User and group of its folders.</summary>
    public int Owner { get; init; }

    /// <summary>Make it when it is not there.</summary>
    public bool Create { get; init; }

    /// <summary>Set a removed volume aside.</summary>
    public bool Keep { get; init; }

    /// <summary>Folders beside a layer.</summary>
    public int Scratch { get; init; }

    /// <summary>The engine's id of a layer.</summary>
    public string Layer { get; init; } = "";

    /// <summary>Main process of a container.</summary>
    public int Pid { get; init; }
}

/// <summary>What a verb for disks found.</summary>
public sealed record DiskAnswer
{
    /// <summary>Where the disk is; null when it is not there.</summary>
    public string? Path { get; init; }

    /// <summary>What stands in the way of all disks; null when nothing does.</summary>
    public string? Problem { get; init; }

    /// <summary>The answer to a question.</summary>
    public bool Yes { get; init; }

    /// <summary>Everything that is there.</summary>
    public IReadOnlyList<HostDisk>? Disks { get; init; }
}
