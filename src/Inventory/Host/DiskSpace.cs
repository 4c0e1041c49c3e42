using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>Size of a file system and what an ordinary process can still write to it.</summary>
internal readonly record struct DiskSpace(ByteSize Total, ByteSize Free)
{
    // No file system is larger: such a number is a misread one.
    private const long MaxBytes = 1L << 60;

    /// <exception cref="HostProbeException">The folder is missing, cannot be measured, or its numbers make no sense.</exception>
    public static DiskSpace Of(string folder)
    {
        if (!Directory.Exists(folder))
            throw new HostProbeException($"the engine's data folder {folder} is not there: set inventory.data_folder to where the engine keeps its data");
        try
        {
            // Without the blocks that the file system holds back for root.
            var drive = new DriveInfo(folder);
            return Checked(drive.TotalSize, drive.AvailableFreeSpace, folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HostProbeException($"the free space of {folder} cannot be read: {e.Message}", e);
        }
    }

    internal static DiskSpace Checked(long total, long free, string folder) =>
        total is > 0 and <= MaxBytes && free >= 0 && free <= total
            ? new(new(total), new(free))
            : throw new HostProbeException($"the file system of {folder} says {free} of {total} bytes are free, which cannot be right");
}
