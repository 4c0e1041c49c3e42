namespace ProviderAgent.Workloads;

/// <summary>Makes file systems of a fixed size in files of this host. Root's work: done by the host helper, or by a daemon that is root.</summary>
/// <remarks>Everything may be repeated: doing it twice ends where doing it once ends. All of it throws <see cref="DiskException"/>.</remarks>
public interface IHostDisks
{
    /// <summary>What keeps this host from making such disks, and the fix; null when nothing does.</summary>
    Task<string?> FindProblemAsync(CancellationToken ct);

    /// <summary>Makes the volume if <paramref name="create"/> allows it, grows it to its size, and attaches it to a device.</summary>
    /// <param name="space">Whose it is; see <see cref="DiskNames.Space"/>.</param>
    /// <param name="name">See <see cref="DiskNames.IsVolume"/>.</param>
    /// <param name="bytes">Its size, the file system's own part included.</param>
    /// <param name="owner">User and group of its root folder.</param>
    /// <param name="create">Make it when it is not there.</param>
    /// <param name="ct">Ends the waiting; a file system that is being made is made all the same.</param>
    /// <returns>A path that leads to the device, the same for the life of the volume; null when it is not there and must not be made.</returns>
    Task<string?> EnsureVolumeAsync(string space, string name, long bytes, int owner, bool create, CancellationToken ct);

    /// <summary>Detaches the volume and removes it with everything in it, or sets it aside.</summary>
    /// <param name="space">Whose it is.</param>
    /// <param name="name">The volume.</param>
    /// <param name="keep">Set it aside among the kept ones instead; see <see cref="RemoveKeptAsync"/>.</param>
    /// <param name="ct">Ends the waiting.</param>
    Task RemoveVolumeAsync(string space, string name, bool keep, CancellationToken ct);

    /// <summary>Removes a volume that was set aside.</summary>
    /// <param name="space">Whose it is.</param>
    /// <param name="name">As <see cref="HostDisk.Name"/> of the kept one.</param>
    /// <param name="ct">Ends the waiting.</param>
    Task RemoveKeptAsync(string space, string name, CancellationToken ct);

    /// <summary>Makes the file system of a writable layer if <paramref name="create"/> allows it, and mounts it in a folder of its own.</summary>
    /// <param name="space">Whose it is.</param>
    /// <param name="key">See <see cref="DiskNames.IsLayer"/>.</param>
    /// <param name="bytes">Its size, the file system's own part included.</param>
    /// <param name="owner">User and group of its folders.</param>
    /// <param name="scratch">How many folders it needs beside the layer: <c>scratch/0</c> and so on.</param>
    /// <param name="create">Make it when it is not there.</param>
    /// <param name="ct">Ends the waiting.</param>
    /// <returns>The folder; null when it is not there and must not be made.</returns>
    Task<string?> EnsureLayerAsync(string space, string key, long bytes, int owner, int scratch, bool create, CancellationToken ct);

    /// <summary>Lays the mounted file system over the layer of a container that does not run, and takes over what the engine has put there.</summary>
    /// <param name="space">Whose it is.</param>
    /// <param name="key">The file system.</param>
    /// <param name="layer">The engine's id of the layer; see <see cref="DiskNames.IsEngineLayer"/>.</param>
    /// <param name="ct">Ends the waiting.</param>
    Task CoverLayerAsync(string space, string key, string layer, CancellationToken ct);

    /// <summary>Whether the root folder of a running process really lies on the file system: mounts can miss the engine.</summary>
    /// <param name="space">Whose it is.</param>
    /// <param name="key">The file system.</param>
    /// <param name="pid">Main process of the container.</param>
    /// <param name="ct">Ends the waiting.</param>
    Task<bool> IsLayerUsedAsync(string space, string key, int pid, CancellationToken ct);

    /// <summary>Unmounts the file system of a layer and removes it with everything in it.</summary>
    Task RemoveLayerAsync(string space, string key, CancellationToken ct);

    /// <summary>Everything of the space that is on this host.</summary>
    Task<IReadOnlyList<HostDisk>> ListAsync(string space, CancellationToken ct);
}

/// <summary>What a file system of the host is for.</summary>
public enum HostDiskKind
{
    /// <summary>A persistent volume.</summary>
    Volume,

    /// <summary>The writable layer of a container, with its scratch folders.</summary>
    Layer,

    /// <summary>A volume that was set aside when its lease ended.</summary>
    Kept,
}

/// <summary>A file system in a file.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Name">The volume, the key of the layer, or the volume and the moment at which it was set aside.</param>
/// <param name="Bytes">Size of the file, all of which is set aside on the disk.</param>
public sealed record HostDisk(HostDiskKind Kind, string Name, long Bytes)
{
    /// <summary>How full it is; null while it is not mounted.</summary>
    public DiskFill? Fill { get; init; }

    /// <summary>When it was set aside; null unless it was.</summary>
    public DateTimeOffset? KeptSince { get; init; }
}

/// <summary>How full a file system is.</summary>
/// <param name="UsedBytes">Taken, without the file system's own part.</param>
/// <param name="TotalBytes">What fits into it.</param>
/// <param name="UsedFiles">Files and folders in it.</param>
/// <param name="TotalFiles">Most files and folders that it can have.</param>
public sealed record DiskFill(long UsedBytes, long TotalBytes, long UsedFiles, long TotalFiles);
