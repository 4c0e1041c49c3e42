using System.Collections.Concurrent;

namespace ProviderAgent.Workloads;

/// <summary>What is known of the disks of this host: from the latest look at them, and what was done since.</summary>
internal sealed class DiskUse
{
    private readonly ConcurrentDictionary<(HostDiskKind Kind, string Name), HostDisk> _disks = new();

    public IEnumerable<HostDisk> All => _disks.Values;

    public HostDisk? Find(HostDiskKind kind, string name) => _disks.GetValueOrDefault((kind, name));

    /// <summary>A disk was made; what is known of its use stays.</summary>
    public void Set(HostDisk disk) => _disks.AddOrUpdate((disk.Kind, disk.Name), disk, (_, known) => known with { Bytes = disk.Bytes });

    public void Remove(HostDiskKind kind, string name) => _disks.TryRemove((kind, name), out _);

    /// <summary>Takes over a look at all disks.</summary>
    public void Replace(IReadOnlyCollection<HostDisk> disks)
    {
        foreach (var disk in disks) _disks[(disk.Kind, disk.Name)] = disk;
        var seen = disks.Select(disk => (disk.Kind, disk.Name)).ToHashSet();
        foreach (var gone in _disks.Keys.Where(key => !seen.Contains(key))) _disks.TryRemove(gone, out _);
    }
}
