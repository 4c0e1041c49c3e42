using System.Diagnostics;
using System.Net.Sockets;

namespace ProviderAgent.TestKit;

/// <summary>A Docker engine of its own for one test class, beside the machine's: with a stand-in for the hook of NVIDIA's toolkit, or without.</summary>
/// <remarks>Needs root. It shares the machine's network, so bridges and subnets must not be those of other tests; images come from the local registry.</remarks>
public sealed class SpareEngine : IAsyncDisposable
{
    private static int Started;

    // Without a bridge of its own it would take away that of the machine's engine; test classes run side by side, so each engine has its own.
    private readonly int _number = Interlocked.Increment(ref Started);
    private readonly TempFolder _folder = new();
    private Process? _process;
    private bool _withHook;
    private string? _network;
    private string _more = "";

    private SpareEngine()
    {
    }

    private string Bridge => $"pa-gpu{Environment.ProcessId % 10_000}-{_number % 100}";

    /// <summary>Where it listens.</summary>
    public Uri Endpoint => new($"unix://{_folder.File("docker.sock")}");

    /// <summary>Folder that steers the stand-in; see tests/fakes/nvidia-hook.</summary>
    public string GpuFolder => _folder.File("gpus");

    /// <param name="gpus">UUIDs that the stand-in hands out; null for an engine that has no hook at all.</param>
    /// <param name="runtimes">More OCI runtimes: programs by name.</param>
    /// <param name="liveRestore">Containers outlive the engine; then they have to be gone before it is disposed of.</param>
    public static async Task<SpareEngine> StartAsync(IReadOnlyList<string>? gpus, IReadOnlyDictionary<string, string>? runtimes = null, bool liveRestore = false)
    {
        var engine = new SpareEngine();
        Directory.CreateDirectory(engine.GpuFolder);
        if (gpus is not null) await File.WriteAllLinesAsync(Path.Combine(engine.GpuFolder, "machine"), gpus);
        await engine.StartAsync(gpus is not null, string.Concat((runtimes ?? new Dictionary<string, string>()).Select(runtime => $" --add-runtime {runtime.Key}={runtime.Value}")) + (liveRestore ? " --live-restore" : ""));
        return engine;
    }

    /// <summary>An engine without GPUs whose data lies on a btrfs of its own, where it can limit layers by itself. Needs mkfs.btrfs.</summary>
    public static async Task<SpareEngine> StartOnBtrfsAsync()
    {
        var engine = new SpareEngine();
        await RunAsync("sh", ["-c", $"PATH=$PATH:/usr/sbin:/sbin; set -e; cd {engine._folder.Path}; truncate -s 2G disk; mkfs.btrfs -q disk; mkdir data; mount -o loop disk data"]);
        await engine.StartAsync(withHook: false, "");
        return engine;
    }

    /// <summary>An engine without GPUs in a network namespace of its own, where it makes packet filter rules as it does on a host that it has to itself.</summary>
    /// <param name="network">File of the namespace. No registry is reached from there.</param>
    public static async Task<SpareEngine> StartInAsync(string network)
    {
        var engine = new SpareEngine { _network = network };
        await engine.StartAsync(withHook: false, "");
        return engine;
    }

    /// <summary>What a container was given at its latest start; empty when the hook was not run for it.</summary>
    public string[] GivenTo(string containerId) =>
        Path.Combine(GpuFolder, "starts", containerId) is var file && File.Exists(file) ? File.ReadAllLines(file) : [];

    /// <summary>Makes the hook hand out another device than it is told to.</summary>
    public void Swap(string wanted, string given) => File.WriteAllText(Path.Combine(GpuFolder, "swap"), $"{wanted} {given}\n");

    public void StopSwapping() => File.Delete(Path.Combine(GpuFolder, "swap"));

    /// <summary>Folder of the engine's data.</summary>
    public string DataFolder => _folder.File("data");

    /// <summary>Stops the engine in an orderly way. Its containers end with it unless they are to outlive it.</summary>
    public async Task DownAsync()
    {
        if (_process is { HasExited: false } process)
        {
            await SignalAsync("TERM");
            await process.WaitForExitAsync();
        }

        _process?.Dispose();
        _process = null;
    }

    /// <summary>Starts it again with what it had.</summary>
    public Task UpAsync() => StartAsync(_withHook, _more);

    /// <summary>Has it running, whatever became of it.</summary>
    public async Task ReviveAsync()
    {
        await ThawAsync();
        if (_process is not { HasExited: false }) await UpAsync();
    }

    /// <summary>Stops its process as it is: connections are accepted, and nothing is ever answered. Containers run on.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>Lets it go on.</summary>
    public Task ThawAsync() => SignalAsync("CONT");

    /// <summary>Stops the engine; its containers end with it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await ThawAsync();
        await DownAsync();
        await RunAsync("sh", ["-c", $"PATH=$PATH:/usr/sbin:/sbin; {(_network is null ? $"ip link delete {Bridge}; " : "")}awk '$2 ~ \"^{_folder.Path}/\" {{ print $2 }}' /proc/mounts | sort -r | xargs -r umount -l"]);
        _folder.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        if (_process is { HasExited: false } process) await RunAsync("kill", ["-" + signal, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
    }

    private async Task StartAsync(bool withHook, string more)
    {
        (_withHook, _more) = (withHook, more);
        if (_network is null) await RunAsync("sh", ["-c", $"PATH=$PATH:/usr/sbin:/sbin; ip link show {Bridge} >/dev/null 2>&1 || ip link add name {Bridge} type bridge; ip addr replace 10.216.{(Environment.ProcessId + _number) % 256}.1/24 dev {Bridge}; ip link set {Bridge} up"]);
        var path = Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin";
        var (where, links) = _network is null ? ("", $"--bridge {Bridge} --iptables=false") : ($"nsenter --net={_network} ", "");
        var start = new ProcessStartInfo("sh", ["-c", $"exec {where}dockerd --host {Endpoint} --data-root {_folder.File("data")} --exec-root {_folder.File("exec")} --pidfile {_folder.File("pid")} {links}{more} >{_folder.File("log")} 2>&1"]);
        start.Environment["PATH"] = withHook ? Path.Combine(Repository.Root, "tests", "fakes", "nvidia-hook") + ":" + path : path;
        start.Environment["FAKE_GPU_FOLDER"] = GpuFolder;
        _process = Process.Start(start) ?? throw new InvalidOperationException("dockerd did not start");
        try
        {
            await Eventually.BecomesTrueAsync("the private engine listens", AnswersAsync);
        }
        catch (TimeoutException error)
        {
            throw new InvalidOperationException($"dockerd did not come up: {await File.ReadAllTextAsync(_folder.File("log"))}", error);
        }
    }

    private async Task<bool> AnswersAsync()
    {
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, ct) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(_folder.File("docker.sock")), ct);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        using var answer = await client.GetAsync(new Uri("http://engine/_ping"));
        return answer.IsSuccessStatusCode;
    }

    private static async Task RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
    }
}
