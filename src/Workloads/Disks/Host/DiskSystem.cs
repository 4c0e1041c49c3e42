using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ProviderAgent.Workloads;

/// <summary>The few calls to the system that the class library has no name for.</summary>
internal static partial class DiskSystem
{
    private const string Library = "libc";
    private const int NoSpace = 28; // ENOSPC
    private const int NotSupported = 95; // EOPNOTSUPP

    /// <summary>Sets all blocks of a file aside, so that writing to it later cannot fail for lack of room. They read as zeros.</summary>
    /// <exception cref="DiskException">The disk is full, or its file system cannot do this.</exception>
    public static void Allocate(SafeFileHandle file, long bytes)
    {
        int error;
        do
        {
            if (FAllocate(file, 0, 0, bytes) == 0) return;
            error = Marshal.GetLastPInvokeError();
        }
        while (error == 4); // EINTR

        throw new DiskException(error switch
        {
            NoSpace => $"the disk has no room for another {new Marketplace.ByteSize(bytes)}",
            NotSupported => "the file system of the folder for disks cannot set space aside (fallocate): use ext4, XFS or btrfs",
            _ => $"space cannot be set aside: {Marshal.GetPInvokeErrorMessage(error)}",
        });
    }

    /// <summary>How full the file system is that a folder lies on.</summary>
    /// <exception cref="DiskException">It does not say.</exception>
    public static DiskFill Fill(string folder)
    {
        if (StatVfs(folder, out var stat) != 0) throw new DiskException($"the use of {folder} cannot be read: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        var unit = (long)stat.FragmentSize;
        return new((long)(stat.Blocks - stat.FreeBlocks) * unit, (long)stat.Blocks * unit, (long)(stat.Files - stat.FreeFiles), (long)stat.Files);
    }

    /// <summary>The path without any link in it.</summary>
    /// <exception cref="DiskException">It does not exist.</exception>
    public static string RealPath(string path)
    {
        var text = RealPathOf(path, 0);
        if (text == 0) throw new DiskException($"{path} cannot be resolved: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        try
        {
            return Marshal.PtrToStringUTF8(text) ?? path;
        }
        finally
        {
            Free(text);
        }
    }

    [LibraryImport(Library, EntryPoint = "fallocate64", SetLastError = true)]
    private static partial int FAllocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport(Library, EntryPoint = "statvfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatVfs(string path, out VfsStat stat);

    [LibraryImport(Library, EntryPoint = "realpath", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint RealPathOf(string path, nint buffer);

    [LibraryImport(Library, EntryPoint = "free")]
    private static partial void Free(nint memory);

    // As on 64-bit Linux; longer than needed, so that no library writes past its end.
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    private struct VfsStat
    {
        public ulong BlockSize;
        public ulong FragmentSize;
        public ulong Blocks;
        public ulong FreeBlocks;
        public ulong AvailableBlocks;
        public ulong Files;
        public ulong FreeFiles;
    }
}
