using System.Diagnostics;
using System.Formats.Tar;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Isolation.Tests.Support;

/// <summary>Two tenants on the real engine behind the real firewall. One of them tries to get out.</summary>
public sealed class Prison : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly DiskFolders _disks = new();
    private readonly WorkloadHost _host = new();
    private Neighbourhood? _around;

    internal WorkloadHost Host => _host;

    /// <summary>Its service <c>shell</c> attacks; <c>web</c> is its sibling.</summary>
    internal LeaseId Attacker { get; private set; }

    /// <summary>Another tenant, with a service <c>web</c>.</summary>
    internal LeaseId Victim { get; private set; }

    internal string VictimAddress { get; private set; } = "";

    internal int VictimPort { get; private set; }

    internal string Gateway { get; private set; } = "";

    public async Task InitializeAsync()
    {
        if (MachineNeeds.ReasonToSkip(IsolationFact.Needs) is not null || !Environment.IsPrivilegedProcess) return;
        _around = await Neighbourhood.BuildAsync(_folder.Path);
        _host.DiskFolder = _disks.Path;
        _host.Configure = options => (options.Network.Subnets, options.PidsLimit, options.Logs) = ("10.218.0.0/16", 200, new() { MaxSize = new(ByteSize.MiB), MaxFiles = 2 });
        await _host.StartAsync();
        (Attacker, Victim) = (_host.Market.Win(1), _host.Market.Win(2));
        await _host.SendManifestAsync(Attacker, Shell(), Web());
        await _host.SendManifestAsync(Victim, Web());
        await Task.WhenAll(_host.WaitUntilActiveAsync(Attacker), _host.WaitUntilActiveAsync(Victim));
        VictimAddress = (await _host.InspectAsync(Victim, "web")).NetworkSettings.Networks.Values.Single().IPAddress ?? "";
        VictimPort = _host.Leases[Victim].Desired!.Containers[0].Ports[0].HostPort;
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
    public Task<string> FetchAsync(string address, int port) => ShellAsync($"printf 'GET /index.html HTTP/1.0\\r\\n\\r\\n' | timeout 2 nc {address} {port} 2>&1");

    private static ManifestService Shell() => Build.Service("shell") with
    {
        Image = WorkloadHost.Image,
        Args = ["tail", "-f", "/dev/null"],
        Resources = Build.Service().Resources with
        {
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

    private static ManifestService Web() => Build.Service() with
    {
        Image = WorkloadHost.Image,
        Args = ["sh", "-c", "mkdir -p /tmp/www && echo hello from web > /tmp/www/index.html && exec httpd -f -p 80 -h /tmp/www"],
        Expose = [new ServiceExpose { Port = 80, ExternalPort = 80, Proto = ServiceExpose.Tcp, Global = true }],
    };

    /// <summary>Compiles the probe and lays it into the attacker's container, as a tenant's own image would have it.</summary>
    private async Task BringProbeAsync()
    {
        var program = _folder.File("probe");
        using (var gcc = Process.Start("gcc", ["-static", "-O1", "-o", program, Path.Combine(Repository.Root, "tests", "Isolation.Tests", "Probe", "probe.c")]))
        {
            await gcc.WaitForExitAsync();
            Assert.Equal(0, gcc.ExitCode);
        }

        using var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            await writer.WriteEntryAsync(program, "probe");
            // Owned by root and with the bit that would make anybody root.
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "suid")
            {
                Mode = UnixFileMode.SetUser | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute | UnixFileMode.OtherRead | UnixFileMode.GroupRead,
                DataStream = File.OpenRead("/bin/busybox"),
            });
        }

        tar.Position = 0;
        await _host.Engine.Containers.ExtractArchiveToContainerAsync(WorkloadNames.Container(Attacker, "shell", 0), new() { Path = "/tmp" }, tar, CancellationToken.None);
    }
}

/// <summary>Everything shares one pair of tenants.</summary>
[CollectionDefinition(Name)]
public sealed class PrisonCollection : ICollectionFixture<Prison>
{
    public const string Name = "prison";
}
