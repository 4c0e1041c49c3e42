using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>A file system of a fixed size in a file.</summary>
internal sealed class Ext4File(DiskCommand command)
{
    // Below this a journal would take most of it.
    private const long SmallBytes = 32 * ByteSize.MiB;

    // The host needs some room to go on whatever is promised to tenants.
    private const long HostReserve = 256 * ByteSize.MiB;

    private const int SuperblockOffset = 1_024;
    private const int SuperblockSize = 1_024;
    private const ushort Magic = 0xEF53;

    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(30);

    // A file system of many terabytes after a crash.
    private static readonly TimeSpan Slow = TimeSpan.FromMinutes(30);

    /// <summary>Makes it under another name first: a file with the right name is always complete.</summary>
    /// <exception cref="DiskException">There is no room, or it cannot be made.</exception>
    public async Task MakeAsync(string file, long bytes, int owner, CancellationToken ct)
    {
        var unfinished = file + DiskFolder.Unfinished;
        File.Delete(unfinished);
        var free = new DriveInfo(Path.GetDirectoryName(file) ?? "/").AvailableFreeSpace;
        if (free - bytes < HostReserve) throw new DiskException($"the disk has no room for another {new ByteSize(bytes)}: {new ByteSize(free)} are free, and {new ByteSize(HostReserve)} stay with the host");
        try
        {
            using (var handle = Create(unfinished)) DiskSystem.Allocate(handle, bytes);
            await command.RunAsync(Slow, "mkfs.ext4", [.. Format(bytes, owner), unfinished], ct);
            // The tenant's folder is to be empty, or the engine would not copy into it what the image has there.
            await command.RunAsync(Quick, "debugfs", ["-w", "-R", "rmdir lost+found", unfinished], ct);
            File.Move(unfinished, file);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    /// <summary>Makes it larger, with everything in it, mounted or not. A size that it has already is fine.</summary>
    /// <param name="file">Where it is.</param>
    /// <param name="bytes">Its new size.</param>
    /// <param name="attach">Gives the file's device.</param>
    /// <param name="resize">Tells a device that its file has grown.</param>
    /// <param name="ct">Ends it; the next call goes on from there.</param>
    /// <exception cref="DiskException">It is larger than that, or cannot grow.</exception>
    public async Task GrowAsync(string file, long bytes, Func<Task<string>> attach, Func<string, Task> resize, CancellationToken ct)
    {
        var now = new FileInfo(file).Length;
        if (now > bytes) throw new DiskException($"it was made with {new ByteSize(now)} and cannot shrink to {new ByteSize(bytes)}: ask for {new ByteSize(now)} or more");
        if (now < bytes)
        {
            using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
            DiskSystem.Allocate(handle, bytes);
        }
        else if (bytes - ContentBytes(file) < BlockSize(file))
        {
            return;
        }

        var device = await attach();
        await resize(device);
        // One that nobody has mounted is only made larger when it was looked through since it last was.
        if (!MountTable.Read().Any(mount => mount.Device == LoopDevices.Number(device))) await command.RunAsync(Slow, "e2fsck", ["-f", "-p", device], [1, 2], ct);
        await command.RunAsync(Slow, "resize2fs", [device], ct);
    }

    /// <summary>Puts right what a crash has left. Quick when there is nothing.</summary>
    /// <exception cref="DiskException">It needs a person.</exception>
    public async Task RepairAsync(string file, CancellationToken ct)
    {
        try
        {
            await command.RunAsync(Slow, "e2fsck", ["-p", file], [1, 2], ct); // 1 and 2: put right
        }
        catch (DiskException error)
        {
            throw new DiskException($"the file system {file} is damaged ({error.Message}): mend it by hand with 'e2fsck {file}'", error);
        }
    }

    private static SafeFileHandle Create(string file) => File.OpenHandle(file, FileMode.CreateNew, FileAccess.ReadWrite);

    private static string[] Format(long bytes, int owner)
    {
        // Without discard, which would give back what was just set aside.
        var extended = string.Create(CultureInfo.InvariantCulture, $"nodiscard,lazy_itable_init=1,root_owner={owner}:{owner}");
        string[] common = ["-q", "-F", "-m", "0", "-E", extended];
        if (bytes < SmallBytes) return [.. common, "-b", "1024", "-O", "^has_journal"];
        return bytes < ByteSize.GiB ? [.. common, "-b", "4096", "-i", "16384", "-J", "size=4"] : [.. common, "-b", "4096", "-i", "16384"];
    }

    private static long ContentBytes(string file)
    {
        var block = Superblock(file);
        var blocks = BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(0x04)) | ((long)BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(0x150)) << 32);
        return blocks * Unit(block);
    }

    private static long BlockSize(string file) => Unit(Superblock(file));

    private static long Unit(byte[] superblock) => 1_024L << (int)(BinaryPrimitives.ReadUInt32LittleEndian(superblock.AsSpan(0x18)) & 15);

    private static byte[] Superblock(string file)
    {
        var block = new byte[SuperblockSize];
        using var handle = File.OpenHandle(file);
        if (RandomAccess.Read(handle, block, SuperblockOffset) < SuperblockSize || BinaryPrimitives.ReadUInt16LittleEndian(block.AsSpan(0x38)) != Magic)
            throw new DiskException($"{file} does not hold an ext4 file system any more");
        return block;
    }
}
