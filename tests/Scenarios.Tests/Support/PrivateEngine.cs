using System.Diagnostics;
using System.Globalization;
using ProviderAgent.Docker;

namespace ProviderAgent.Scenarios.Tests.Support;

/// <summary>A Docker engine of its own, which a test may stop and start again. Containers outlive it, as live-restore promises, unless it is told otherwise.</summary>
internal sealed class PrivateEngine : IAsyncDisposable
{
    private const string Bridge = "pa-test0";

    // Traffic between containers passes the machine's own firewall as well, where this engine has no rules and the machine's refuses what it does not know.
    private const string Pass = "FORWARD -i lt-+ -o lt-+ -j ACCEPT";

    private readonly TempFolder _folder = new();
    private readonly bool _liveRestore;
    private Process? _process;

    private PrivateEngine(bool liveRestore) => _liveRestore = liveRestore;

    public string Socket => _folder.File("docker.sock");

    /// <param name="liveRestore">False: its containers end with it.</param>
    public static async Task<PrivateEngine> StartAsync(bool liveRestore = true)
    {
        var engine = new PrivateEngine(liveRestore);
        try
        {
            await RunAsync($"ip link show {Bridge} >/dev/null 2>&1 || ip link add name {Bridge} type bridge; ip addr replace 10.214.0.1/24 dev {Bridge}; ip link set {Bridge} up; iptables -C {Pass} 2>/dev/null || iptables -I {Pass}");
            await engine.UpAsync();
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    public async Task UpAsync()
    {
        var start = new ProcessStartInfo("dockerd")
        {
            // Its own storage, its own bridge (without one it would take away that of the machine's engine), and its hands off the shared firewall:
            // ports are passed on by its proxy processes.
            ArgumentList =
            {
                "--host", $"unix://{Socket}",
                "--data-root", _folder.File("data"),
                "--exec-root", _folder.File("exec"),
                "--pidfile", _folder.File("docker.pid"),
                "--bridge", Bridge,
                "--iptables=false",
                $"--live-restore={(_liveRestore ? "true" : "false")}",
                "--log-level", "error",
            },
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin";
        _process = Process.Start(start) ?? throw new InvalidOperationException("dockerd did not start");
        _process.ErrorDataReceived += (_, _) => { };
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        using var client = new DockerClientConfiguration(new($"unix://{Socket}")).CreateClient();
        await Eventually.BecomesTrueAsync(
            "an engine of its own",
            async () =>
            {
                await client.System.PingAsync(CancellationToken.None);
                return true;
            },
            Trade.Patience);
    }

    /// <summary>Stops the engine in an orderly way; containers run on.</summary>
    public async Task DownAsync()
    {
        if (_process is null) return;
        using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(Trade.Patience);
        _process.Dispose();
        _process = null;
    }

    /// <summary>kill -9: nothing is tidied up, containers run on.</summary>
    public async Task KillAsync()
    {
        if (_process is null) return;
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Trade.Patience);
        _process.Dispose();
        _process = null;
        // What it ran beside it dies with it, and may wait for its own parent's notice for a while: the next engine would take it for alive.
        foreach (var file in new[] { _folder.File("docker.pid"), Path.Combine(_folder.File("exec"), "containerd", "containerd.pid") }) File.Delete(file);
    }

    public async ValueTask DisposeAsync()
    {
        await DownAsync();
        // What ran when the engine went away for good: each container's keeper names the folder on its command line.
        await RunAsync($"pgrep -f 'containerd-shim.*-address {_folder.Path}/' | while read -r keeper; do pkill -KILL -P $keeper; kill -KILL $keeper; done");
        // Mounts of the storage driver would keep the folder busy.
        await RunAsync($"grep -F ' {_folder.Path}/' /proc/self/mounts | cut -d' ' -f2 | sort -r | xargs -r -n1 umount -l; ip link delete {Bridge}; iptables -D {Pass}");
        _folder.Dispose();
    }

    private static async Task RunAsync(string script)
    {
        using var shell = Process.Start("sh", ["-c", "PATH=$PATH:/usr/sbin:/sbin; " + script]);
        await shell.WaitForExitAsync();
    }
}
