using System.Globalization;

namespace ProviderAgent.Workloads;

/// <summary>Where the disks of one provider lie, below the one folder that the helper was started with. Its names have been checked.</summary>
internal readonly record struct DiskFolder(string Path)
{
    /// <summary>Ending of a file that is not complete.</summary>
    public const string Unfinished = ".new";

    private const string Image = ".img";
    private const UnixFileMode OnlyRoot = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private string Volumes => System.IO.Path.Combine(Path, "volumes");

    private string Layers => System.IO.Path.Combine(Path, "layers");

    private string KeptFolder => System.IO.Path.Combine(Path, "kept");

    public string Volume(string name) => System.IO.Path.Combine(Volumes, name + Image);

    public string Layer(string key) => System.IO.Path.Combine(Layers, key + Image);

    public string Kept(string name) => System.IO.Path.Combine(KeptFolder, name + Image);

    /// <summary>A link to the volume's device: the device's own number changes when the host starts anew, this does not.</summary>
    public string Device(string name) => System.IO.Path.Combine(Path, "devices", name);

    /// <summary>Where a layer's file system is mounted.</summary>
    public string Mount(string key) => System.IO.Path.Combine(Path, "mounts", key);

    public static string Scratch(string mount, int number) => System.IO.Path.Combine(mount, "scratch", number.ToString(CultureInfo.InvariantCulture));

    /// <exception cref="DiskException">Something of it is a link, or is not root's alone.</exception>
    public void Make()
    {
        foreach (var folder in new[] { Path, Volumes, Layers, KeptFolder, System.IO.Path.Combine(Path, "devices"), System.IO.Path.Combine(Path, "mounts") })
        {
            Directory.CreateDirectory(folder, OnlyRoot);
            if (new DirectoryInfo(folder).LinkTarget is not null) throw new DiskException($"{folder} is a link: disks are kept in real folders only");
        }
    }

    /// <summary>The complete files.</summary>
    public IEnumerable<(HostDiskKind Kind, string Name, FileInfo File)> Files()
    {
        foreach (var (kind, folder, check) in new (HostDiskKind, string, Func<string, bool>)[]
            { (HostDiskKind.Volume, Volumes, DiskNames.IsVolume), (HostDiskKind.Layer, Layers, DiskNames.IsLayer), (HostDiskKind.Kept, KeptFolder, DiskNames.IsKept) })
        {
            if (!Directory.Exists(folder)) continue;
            foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*" + Image))
            {
                var name = file.Name[..^Image.Length];
                if (check(name) && file.LinkTarget is null) yield return (kind, name, file);
            }
        }
    }

    /// <summary>Files that are being made, or were when the process ended.</summary>
    public IEnumerable<string> UnfinishedFiles() =>
        new[] { Volumes, Layers }.Where(Directory.Exists).SelectMany(folder => Directory.EnumerateFiles(folder, "*" + Image + Unfinished));
}
