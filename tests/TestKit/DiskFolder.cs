using System.Diagnostics;

namespace ProviderAgent.TestKit;

/// <summary>A folder for tenants' disks that leaves no mount and no device behind, whatever a test did.</summary>
public sealed class DiskFolder : IDisposable
{
    // Not the folder for temporary files: that may lie in memory.
    private readonly DirectoryInfo _folder = Directory.CreateDirectory($"/var/tmp/pa-disks-{Guid.NewGuid():N}", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    public string Path => _folder.FullName;

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
