using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory.Tests.Host;

/// <summary>A root folder with the files that the probe reads; a plain machine with four threads unless said otherwise.</summary>
internal sealed class FakeHost : IDisposable
{
    private readonly TempFolder _root = new();

    public FakeHost()
    {
        Write("/sys/devices/system/cpu/online", "0-3\n");
        Write("/proc/1/status", "Name:\tsystemd\nCpus_allowed:\tf\nCpus_allowed_list:\t0-3\n");
        Write("/proc/self/status", "Name:\tprovider-agent\nCpus_allowed_list:\t0-3\n");
        Write("/proc/meminfo", "MemTotal:       16777216 kB\nMemFree:         1000000 kB\n");
        Write("/proc/cpuinfo", "processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel name\t: AMD EPYC 9354 32-Core Processor\n\nprocessor\t: 1\n");
    }

    public ManualTimeProvider Time { get; } = new();

    public SettableOptions<InventoryOptions> Options { get; } = new(new());

    public DiskSpace Disk { get; set; } = new(new(500 * ByteSize.GiB), new(200 * ByteSize.GiB));

    public string? EngineFolder { get; set; } = "/var/lib/docker";

    public string? MeasuredFolder { get; private set; }

    public void Write(string path, string content)
    {
        var file = _root.Path + path;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }

    public void Link(string path, string target)
    {
        var file = _root.Path + path;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.CreateSymbolicLink(file, target);
    }

    public string Root => _root.Path;

    public void Remove(string path) => File.Delete(_root.Path + path);

    public HostProbe CreateSut() => new(new HostFiles(_root.Path), () => EngineFolder, Measure, Options, Time);

    public void Dispose() => _root.Dispose();

    private DiskSpace Measure(string folder)
    {
        MeasuredFolder = folder;
        return Disk;
    }
}
