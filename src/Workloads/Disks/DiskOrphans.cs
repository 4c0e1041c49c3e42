namespace ProviderAgent.Workloads;

/// <summary>Finds disks that nothing leads to any more, for example after the daemon was killed between two steps. Pure.</summary>
internal static class DiskOrphans
{
    private const int LeaseStart = 3; // after "pa-"
    private const int LeaseDigits = 8;

    /// <summary>Keys of layers that no container has.</summary>
    /// <param name="disks">All disks, listed before the rest was read.</param>
    /// <param name="preparing">Keys of layers whose container is being made, read before the containers.</param>
    /// <param name="used">Keys that containers have, in any state.</param>
    public static IEnumerable<string> Layers(IEnumerable<HostDisk> disks, IReadOnlyCollection<string> preparing, IReadOnlySet<string> used) =>
        disks.Where(disk => disk.Kind == HostDiskKind.Layer && !used.Contains(disk.Name) && !preparing.Contains(disk.Name)).Select(disk => disk.Name);

    /// <summary>Volumes that the engine does not know and whose lease is not on the books.</summary>
    /// <param name="disks">All disks, listed before the rest was read.</param>
    /// <param name="known">Names of all volumes of the engine.</param>
    /// <param name="leases">Short hashes of all leases that are not closed.</param>
    public static IEnumerable<string> Volumes(IEnumerable<HostDisk> disks, IReadOnlySet<string> known, IReadOnlySet<string> leases) =>
        disks.Where(disk => disk.Kind == HostDiskKind.Volume && !known.Contains(disk.Name) && !leases.Contains(disk.Name.Substring(LeaseStart, LeaseDigits))).Select(disk => disk.Name);

    /// <summary>Kept volumes whose time is over, the oldest first.</summary>
    public static IEnumerable<string> Expired(IEnumerable<HostDisk> disks, TimeSpan keep, DateTimeOffset now) =>
        disks.Where(disk => disk.KeptSince is { } since && now - since >= keep).OrderBy(disk => disk.KeptSince).Select(disk => disk.Name);
}
