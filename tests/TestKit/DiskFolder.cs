using System.Diagnostics;

namespace ProviderAgent.TestKit;

/// <summary>A folder for tenants' disks that leaves no mount and no device behind, whatever a test did.</summary>
public sealed class DiskFolder : IDisposable
{
    // Not the folder for temporary files: that may lie in memory.
    private readonly DirectoryInfo _folder = Directory.CreateDirectory($"/var/tmp/pa-disks-{Guid.NewGuid():N}", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    public string Path => _folder.FullName;

    /// <summary>No disk of a tenant is left in it: no file, no mount of one, no device on one.</summary>
    public bool IsEmpty => !Directory.EnumerateFiles(Path, "*.img*", SearchOption.AllDirectories).Any() && !File.ReadAllText("/proc/self/mounts").Contains(Path, StringComparison.Ordinal) && Devices().Count == 0;

    /// <summary>Devices that are backed by a file in it.</summary>
    public IReadOnlyList<string> Devices() =>
    [
        .. Directory.EnumerateDirectories("/sys/block", "loop*")
            .Where(device => System.IO.Path.Combine(device, "loop", "backing_file") is var file && File.Exists(file) && File.ReadAllText(file).StartsWith(Path + "/", StringComparison.Ordinal))
            .Select(device => "/dev/" + System.IO.Path.GetFileName(device)),
    ];

    public void Dispose()
    {
        using (var shell = Process.Start("sh", ["-c", $$"""
            PATH=$PATH:/usr/sbin:/sbin
            mounts() { grep "$1" /proc/self/mounts | cut -d' ' -f2 | sort -r | while read -r point; do umount -l "$point"; done; }
            losetup --list --noheadings --output NAME,BACK-FILE | while read -r device file; do
                case $file in {{Path}}/*) mounts "^$device "; losetup --detach "$device" ;; esac
            done
            mounts " {{Path}}/"
            """]))
        {
            shell.WaitForExit();
        }

        _folder.Delete(recursive: true);
    }
}
