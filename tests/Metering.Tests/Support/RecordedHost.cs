namespace ProviderAgent.Metering.Tests;

/// <summary>A folder with the kernel files of a recorded host, as <see cref="CgroupReader"/> finds them below its root.</summary>
internal sealed class RecordedHost : IDisposable
{
    /// <summary>Id and pid of the recorded container.</summary>
    public const string ContainerId = "8690db7f484b11335d21a3e8da75dcfd7c9f00b2768c971775157930a44fef7c";
    public const int Pid = 4242;

    private readonly TempFolder _folder = new();

    public RecordedHost(string name)
    {
        Name = name;
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Recorded", $"{name}.txt"));
        foreach (var part in text.Split("==> ", StringSplitOptions.RemoveEmptyEntries))
        {
            var head = part.IndexOf(" <==\n", StringComparison.Ordinal);
            Write(part[..head], part[(head + 5)..]);
        }
    }

    public string Name { get; }

    public string Root => _folder.Path;

    public bool IsV1 => Name.StartsWith("v1", StringComparison.Ordinal);

    public string Cpu => Find(IsV1 ? "cpuacct.usage" : "cpu.stat");

    public string Memory => Find(IsV1 ? "memory.usage_in_bytes" : "memory.current");

    public string NetDev => $"/proc/{Pid}/net/dev";

    public static MeteredContainer Container(DateTimeOffset startedAt, string id = ContainerId) => new(Sample.Lease(1), "web", 0, id, Pid, startedAt);

    public void Write(string path, string content)
    {
        var file = Path.Join(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }

    public void Delete(string path) => File.Delete(Path.Join(Root, path));

    /// <summary>Sets what the container has used so far.</summary>
    public void Set(long cpuNs, long workingSet, long received = 0, long sent = 0)
    {
        Write(Cpu, IsV1 ? $"{cpuNs}\n" : $"usage_usec {cpuNs / 1000}\nuser_usec 0\n");
        Write(Find("memory.stat"), IsV1 ? "inactive_file 5\ntotal_inactive_file 1000\n" : "inactive_file 1000\n");
        Write(Memory, $"{workingSet + 1000}\n");
        Write(NetDev, $"Inter-|\n face |\n    lo: 9 9 0 0 0 0 0 0 9 9 0 0 0 0 0 0\n  eth0: {received} 1 0 0 0 0 0 0 {sent} 1 0 0 0 0 0 0\n");
    }

    /// <summary>The path of a cgroup file of the container.</summary>
    public string Find(string file) => Directory
        .EnumerateFiles(Path.Join(Root, "/sys/fs/cgroup"), file, SearchOption.AllDirectories)
        .Single()[Root.Length..];

    public void Dispose() => _folder.Dispose();
}
