using System.Collections.Concurrent;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Tenants' disks as ext4 file systems in files, behind loop devices. Runs as root: in the host helper, or in a daemon that is root.</summary>
/// <param name="folder">The one folder that all of them lie in; root's alone.</param>
/// <param name="engineFolder">The engine's data folder, below which it keeps the layers.</param>
/// <param name="time">For deadlines.</param>
public sealed partial class HostDisks(string folder, Func<string?> engineFolder, TimeProvider time) : IHostDisks, IDisposable
{
    // A file system of many terabytes takes its time; the caller is told, and asks again.
    private static readonly TimeSpan MakingPatience = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(20);

    private const int MaxMaking = 8;

    private readonly DiskCommand _command = new(time);
    private readonly ConcurrentDictionary<string, Making> _making = new(StringComparer.Ordinal);
    private readonly KeyedTurns _turns = new();

    // The folder is made once; its real path is what the kernel shows.
    private string? _root;

    /// <inheritdoc/>
    public async Task<string?> FindProblemAsync(CancellationToken ct)
    {
        if (!Environment.IsPrivilegedProcess) return "only root can make file systems: run 'systemctl enable --now provider-agent-disks.socket', or the daemon as root";
        if (!File.Exists("/dev/loop-control")) return "/dev/loop-control is missing: load the kernel module loop";
        foreach (var program in new[] { "mkfs.ext4", "e2fsck", "resize2fs", "debugfs", "losetup", "mount", "umount", "cp" })
        {
            if (DiskCommand.Find(program) is null) return $"the program {program} is missing: install the packages e2fsprogs, util-linux and coreutils";
        }

        try
        {
            var probe = Path.Combine(Root(), $".probe-{Guid.NewGuid():N}");
            try
            {
                await using var file = new FileStream(probe, FileMode.CreateNew, FileAccess.ReadWrite);
                DiskSystem.Allocate(file.SafeFileHandle, ByteSize.MiB);
            }
            finally
            {
                File.Delete(probe);
            }

            return null;
        }
        catch (Exception error) when (error is DiskException or IOException or UnauthorizedAccessException)
        {
            return $"{folder}: {error.Message}";
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<HostDisk>> ListAsync(string space, CancellationToken ct) => GuardAsync(() =>
    {
        var at = Space(space);
        // What was being made when this process last ended is begun anew by whoever still wants it.
        foreach (var file in at.UnfinishedFiles().Where(file => !_making.ContainsKey(file[..^DiskFolder.Unfinished.Length]))) File.Delete(file);
        var mounts = MountTable.Read();
        var devices = LoopDevices.All().GroupBy(device => device.File).ToDictionary(group => group.Key, group => group.First().Device, StringComparer.Ordinal);
        var disks = new List<HostDisk>();
        foreach (var (kind, name, file) in at.Files())
        {
            DiskNames.TryReadKept(name, out var since);
            var device = devices.GetValueOrDefault(file.FullName);
            var mount = device is null || LoopDevices.Number(device) is not { } number ? null : mounts.FirstOrDefault(mount => mount.Device == number);
            disks.Add(new(kind, name, file.Length) { KeptSince = kind == HostDiskKind.Kept ? since : null, Fill = mount is null ? null : TryFill(mount.Point) });
        }

        return Task.FromResult<IReadOnlyList<HostDisk>>(disks);
    });

    public void Dispose() => _turns.Dispose();

    private static DiskFill? TryFill(string point)
    {
        try
        {
            return DiskSystem.Fill(point);
        }
        catch (DiskException)
        {
            return null; // unmounted since the table was read
        }
    }

    private DiskFolder Space(string space)
    {
        if (!DiskNames.IsSpace(space)) throw new DiskException("space must be 16 hexadecimal digits");
        var at = new DiskFolder(Path.Combine(Root(), space));
        at.Make();
        return at;
    }

    private string Root()
    {
        if (_root is not null) return _root;
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var real = DiskSystem.RealPath(folder);
        // Whoever may write here could put a link in the place of a file while root works on it.
        var mode = File.GetUnixFileMode(real);
        if ((mode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0) throw new DiskException($"{real} may be written by others than root: chmod 0700 it");
        return _root = real;
    }

    private static void CheckSize(long bytes)
    {
        if (bytes is < DiskNames.MinBytes or > DiskNames.MaxBytes)
            throw new DiskException($"bytes must be {new ByteSize(DiskNames.MinBytes)} to {new ByteSize(DiskNames.MaxBytes)}, was {bytes}");
    }

    private static void CheckOwner(int owner)
    {
        if (owner < 0) throw new DiskException("owner must be a user id, not negative");
    }

    /// <summary>Makes the file unless it is there. A long one is made on while the caller is told.</summary>
    private async Task MakeFileAsync(string file, long bytes, int owner, CancellationToken ct)
    {
        if (File.Exists(file)) return;
        if (_making.Count >= MaxMaking && !_making.ContainsKey(file)) throw new DiskException($"{MaxMaking} file systems are being made already; this one has its turn after them");
        var making = _making.GetOrAdd(file, _ => new(new(() => Task.Run(MakeAsync, CancellationToken.None)), time.GetTimestamp()));
        try
        {
            await making.Work.Value.WaitAsync(MakingPatience, time, ct);
        }
        catch (TimeoutException)
        {
            throw new DiskException($"its file system of {new ByteSize(bytes)} is being made, for {time.GetElapsedTime(making.Since).TotalSeconds:0} s so far");
        }

        async Task MakeAsync()
        {
            try
            {
                await new Ext4File(_command).MakeAsync(file, bytes, owner, CancellationToken.None);
            }
            finally
            {
                _making.TryRemove(file, out _);
            }
        }
    }

    /// <summary>Errors of the file system become words.</summary>
    private static async Task<T> GuardAsync<T>(Func<Task<T>> act)
    {
        try
        {
            return await act();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DiskException(error.Message, error);
        }
    }

    private sealed record Making(Lazy<Task> Work, long Since);
}
