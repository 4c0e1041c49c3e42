using System.Diagnostics;

namespace ProviderAgent.Workloads.Tests.Support;

/// <summary>A folder for disks that leaves no mount and no device behind, whatever a test did.</summary>
internal sealed class DiskFolders : IDisposable
{
    // Not the folder for temporary files: that may lie in memory.
    private readonly DirectoryInfo _folder = Directory.CreateDirectory($"/var/tmp/pa-disks-{Guid.NewGuid():N}", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    public string Path => _folder.FullName;

    /// <summary>Mounts below it or from files below it.</summary>
    public IReadOnlyList<string> Mounts()
    {
        var devices = Devices().Select(LoopDevices.Number).ToArray();
        return [.. MountTable.Read().Where(mount => devices.Contains(mount.Device) || mount.Point.StartsWith(Path, StringComparison.Ordinal)).Select(mount => mount.Point)];
    }

    public IReadOnlyList<string> Devices() => [.. LoopDevices.All().Where(device => device.File.StartsWith(Path + "/", StringComparison.Ordinal)).Select(device => device.Device)];

    public IReadOnlyList<string> Files() => [.. Directory.EnumerateFiles(Path, "*.img*", SearchOption.AllDirectories)];

    /// <summary>Does to the mounts and devices what switching the machine off does; files stay.</summary>
    public async Task PowerOffAsync()
    {
        LetGo();
        // A process that another test is just starting can hold them for a moment.
        await Eventually.BecomesTrueAsync("mounts and devices are gone", () => Mounts().Count == 0 && Devices().Count == 0);
    }

    public void Dispose()
    {
        LetGo();
        _folder.Delete(recursive: true);
    }

    private void LetGo()
    {
        foreach (var mount in Mounts().Reverse()) Run("umount", "-l", mount);
        foreach (var device in Devices()) Run("losetup", "-d", device);
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(DiskCommand.Find(program) ?? program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
    }
}
