using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Isolation.Tests.Support;

/// <summary>Two tenants on the real engine behind the real firewall. One of them tries to get out.</summary>
public sealed class Prison : IAsyncLifetime
{
    /// <summary>What a lease may send and receive in a second.</summary>
    internal const long BytesPerSecond = 4 * 1024 * 1024;

    /// <summary>Size at which a log is rotated.</summary>
    internal const long LogBytes = 1024 * 1024;

    private static readonly string[] Programs = ["probe", "flood", "udp", "files"];

    private readonly TempFolder _folder = new();
    private readonly DiskFolders _disks = new();
    private readonly WorkloadHost _host = new();
    private Neighbourhood? _around;

    internal WorkloadHost Host => _host;

    /// <summary>Its service <c>shell</c> attacks; <c>web</c> is its sibling.</summary>
    internal LeaseId Attacker { get; private set; }

    /// <summary>Another tenant, with a service <c>web</c>.</summary>
    internal LeaseId Victim { get; private set; }

    /// <summary>What all tenants' disks take on the host's, written or not.</summary>
    internal long DiskBytes()
    {
        using var process = Process.Start(new ProcessStartInfo("du", ["--summarize", "--block-size=1", _disks.Path]) { RedirectStandardOutput = true })!;
        return long.Parse(process.StandardOutput.ReadToEnd().Split('\t')[0], CultureInfo.InvariantCulture);
    }

    internal string VictimAddress { get; private set; } = "";

    internal int VictimPort { get; private set; }

    /// <summary>The same of its own sibling.</summary>
    internal int AttackersPort { get; private set; }

    internal string Gateway { get; private set; } = "";

    public async Task InitializeAsync()
    {
        if (MachineNeeds.ReasonToSkip(IsolationFact.Needs) is not null || !Environment.IsPrivilegedProcess) return;
        _around = await Neighbourhood.BuildAsync(_folder.Path);
        _host.DiskFolder = _disks.Path;
        _host.Configure = options =>
        {
            (options.Network.Subnets, options.PidsLimit, options.PortsAddress) = ("10.218.0.0/16", 200, "0.0.0.0");
            (options.Logs.MaxSize, options.Logs.MaxFiles) = (new(LogBytes), 2);
            options.Network.Signals.Interval = TimeSpan.FromSeconds(1);
            (options.Network.Limits.UploadPerSecond, options.Network.Limits.DownloadPerSecond) = (new(BytesPerSecond), new(BytesPerSecond));
        };
        await _host.StartAsync();
        (Attacker, Victim) = (_host.Market.Win(1), _host.Market.Win(2));
        await _host.SendManifestAsync(Attacker, Shell(), Web(), Api());
        await _host.SendManifestAsync(Victim, Web(), Many());
        await Task.WhenAll(_host.WaitUntilActiveAsync(Attacker), _host.WaitUntilActiveAsync(Victim));
        VictimAddress = (await _host.InspectAsync(Victim, "web")).NetworkSettings.Networks.Values.Single().IPAddress ?? "";
        VictimPort = _host.Leases[Victim].Desired!.Containers.First(spec => spec.Service == "web").Ports[0].HostPort;
        AttackersPort = _host.Leases[Attacker].Desired!.Containers.First(spec => spec.Service == "web").Ports[0].HostPort;
        Gateway = (await _host.InspectAsync(Attacker, "shell")).NetworkSettings.Networks.Values.Single().Gateway ?? "";
        await BringProbeAsync();
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        if (_around is not null) await _around.DisposeAsync();
        _disks.Dispose();
        _folder.Dispose();
    }

    /// <summary>Runs a line of shell as the attacker.</summary>
    public Task<string> ShellAsync(string line) => _host.ExecAsync(Attacker, "shell", "sh", "-c", line);

    /// <summary>Runs a program as another user of the container.</summary>
    public async Task<string> ExecAsync(string user, params string[] command)
    {
        var created = await _host.Engine.Exec.ExecCreateContainerAsync(
            WorkloadNames.Container(Attacker, "shell", 0), new() { User = user, Cmd = [.. command], AttachStdout = true, AttachStderr = true }, CancellationToken.None);
        await using var stream = await _host.Engine.Exec.StartAndAttachContainerExecAsync(created.ID, tty: false, CancellationToken.None);
        var (output, errors) = await stream.ReadOutputToEndAsync(CancellationToken.None);
        return output + errors;
    }

    /// <summary>What comes back from a web server, as the attacker sees it.</summary>
    public Task<string> FetchAsync(string address, int port) => ShellAsync(Fetch(address, port));

    /// <summary>The same for the other tenant.</summary>
    public Task<string> FetchAsVictimAsync(string address, int port) =>
        _host.ExecAsync(Victim, "web", "sh", "-c", Fetch(address, port));

    /// <summary>A line of shell that fetches a page.</summary>
    internal static string Fetch(string address, int port) => string.Create(CultureInfo.InvariantCulture, $"printf 'GET /index.html HTTP/1.0\\r\\n\\r\\n' | timeout 2 nc {address} {port} 2>&1");

    /// <summary>Runs a line of shell as root of this host in the attacker's network: what the tenant could do with rights that it has not.</summary>
    internal async Task<string> InsideAsync(string line) => await Neighbourhood.RunAsync(
        $"nsenter --net=/proc/{(await _host.InspectAsync(Attacker, "shell")).State.Pid}/ns/net busybox sh -c '{line}' 2>&1");

    /// <summary>What the firewall has counted of a lease.</summary>
    internal async Task<long> CountAsync(LeaseId lease, GuardTally tally) =>
        (await _host.Get<INetworkGuard>().ReadAsync(CancellationToken.None)).Where(count => count.Bridge == WorkloadNames.Bridge(lease) && count.Tally == tally).Sum(count => count.Count);

    private static ManifestService Shell() => Build.Service("shell") with
    {
        Image = WorkloadHost.Image,
        Args = ["tail", "-f", "/dev/null"],
        // Would open every GPU if it came through.
        Env = ["NVIDIA_VISIBLE_DEVICES=all", "NVIDIA_DRIVER_CAPABILITIES=all"],
        Resources = Build.Service().Resources with
        {
            Cpu = new CpuRequest(new(2_000), []), // fast enough to be a nuisance
            Memory = new MemoryRequest(new(64 * ByteSize.MiB), []),
            Storage =
            [
                new StorageVolume("default", new(48 * ByteSize.MiB), []),
                new StorageVolume("scratch", new(16 * ByteSize.MiB), []),
                new StorageVolume("data", new(32 * ByteSize.MiB), [new("class", "beta2"), new("persistent", "true")]),
                new StorageVolume("shm", new(8 * ByteSize.MiB), [new("class", "ram"), new("persistent", "false")]),
            ],
        },
        Params = new ServiceParams { Storage = [new StorageMount("shm", "/dev/shm", false), new StorageMount("scratch", "/scratch", false), new StorageMount("data", "/data", false)] },
    };

    /// <summary>Listens on other ports than its manifest promises to its siblings.</summary>
    private static ManifestService Api() => Build.Service("api") with
    {
        Image = WorkloadHost.Image,
        Args =
        [
            "sh", "-c",
            // The second server comes with the probes.
            "mkdir -p /tmp/www && echo hello from api > /tmp/www/index.html; (until /tmp/udp serve 5353; do sleep 1; done) 2>/dev/null & exec httpd -f -p 8080 -h /tmp/www",
        ],
        Expose =
        [
            new ServiceExpose { Port = 8080, ExternalPort = 80, Proto = ServiceExpose.Tcp },
            new ServiceExpose { Port = 5353, ExternalPort = 53, Proto = ServiceExpose.Udp },
        ],
    };

    /// <summary>Three replicas behind one port of the host; each says its own name.</summary>
    private static ManifestService Many() => Build.Service("many") with
    {
        Image = WorkloadHost.Image,
        Count = 3,
        Args = ["sh", "-c", "mkdir -p /tmp/www && hostname > /tmp/www/index.html && exec httpd -f -p 80 -h /tmp/www"],
        Expose = [new ServiceExpose { Port = 80, ExternalPort = 8081, Proto = ServiceExpose.Tcp, Global = true }],
    };

    private static ManifestService Web() => Build.Service() with
    {
        Image = WorkloadHost.Image,
        Args = ["sh", "-c", "mkdir -p /tmp/www && echo hello from web > /tmp/www/index.html && exec httpd -f -p 80 -h /tmp/www"],
        Expose = [new ServiceExpose { Port = 80, ExternalPort = 80, Proto = ServiceExpose.Tcp, Global = true }],
    };

    /// <summary>Compiles the programs and lays them into the attacker's container, as a tenant's own image would have it.</summary>
    private async Task BringProbeAsync()
    {
        foreach (var name in Programs)
        {
            using var gcc = Process.Start("gcc", ["-static", "-O1", "-o", _folder.File(name), Path.Combine(Repository.Root, "tests", "Isolation.Tests", "Probe", name + ".c")]);
            await gcc.WaitForExitAsync();
            Assert.Equal(0, gcc.ExitCode);
        }

        _around?.ServeUdp(_folder.File("udp"));
        using var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            foreach (var name in Programs) await writer.WriteEntryAsync(_folder.File(name), name);
            // Owned by root and with the bit that would make anybody root.
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "suid")
            {
                Mode = UnixFileMode.SetUser | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute | UnixFileMode.OtherRead | UnixFileMode.GroupRead,
                DataStream = File.OpenRead("/bin/busybox"),
            });
        }

        foreach (var service in new[] { "shell", "api" })
        {
            tar.Position = 0;
            await _host.Engine.Containers.ExtractArchiveToContainerAsync(WorkloadNames.Container(Attacker, service, 0), new() { Path = "/tmp" }, tar, CancellationToken.None);
        }
    }
}

/// <summary>Everything shares one pair of tenants.</summary>
[CollectionDefinition(Name)]
public sealed class PrisonCollection : ICollectionFixture<Prison>
{
    public const string Name = "prison";
}
