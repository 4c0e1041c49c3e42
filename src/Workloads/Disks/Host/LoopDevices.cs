namespace ProviderAgent.Workloads;

/// <summary>Block devices that lead to files.</summary>
internal sealed class LoopDevices(DiskCommand command)
{
    private const string Devices = "/sys/block";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    /// <summary>The device of a file; null when it has none.</summary>
    public static string? Find(string file) => All().FirstOrDefault(device => device.File == file).Device;

    /// <summary>Major and minor number of a device, as the mount table has it.</summary>
    public static string? Number(string device) => ReadLine(Path.Combine(Devices, Path.GetFileName(device), "dev"));

    /// <summary>Every device that leads to a file.</summary>
    public static IEnumerable<(string Device, string File)> All()
    {
        foreach (var folder in Directory.EnumerateDirectories(Devices, "loop*"))
        {
            if (ReadLine(Path.Combine(folder, "loop", "backing_file")) is { Length: > 0 } file) yield return (Path.Combine("/dev", Path.GetFileName(folder)), file);
        }
    }

    /// <summary>The device of the file, a new one if it has none.</summary>
    public async Task<string> AttachAsync(string file, CancellationToken ct) =>
        Find(file) ?? await command.RunAsync(Deadline, "losetup", ["--find", "--show", file], ct);

    /// <summary>Lets go of the file's devices; a device in use goes with its last user.</summary>
    public async Task DetachAsync(string file, CancellationToken ct)
    {
        foreach (var (device, _) in All().Where(device => device.File == file).ToArray())
        {
            try
            {
                await command.RunAsync(Deadline, "losetup", ["--detach", device], ct);
            }
            catch (DiskException) when (!All().Contains((device, file)))
            {
                // its last user has just gone, and it with them
            }
        }
    }

    /// <summary>Makes the device as large as its file has become.</summary>
    public Task ResizeAsync(string device, CancellationToken ct) => command.RunAsync(Deadline, "losetup", ["--set-capacity", device], ct);

    private static string? ReadLine(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).TrimEnd('\n') : null;
        }
        catch (IOException)
        {
            return null; // a device that was let go meanwhile
        }
    }
}
