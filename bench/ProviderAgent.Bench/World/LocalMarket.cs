using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ProviderAgent.Devnet.Hosting;
using ProviderAgent.Devnet.Tenant;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bench.World;

/// <summary>A local chain in this process, a registered provider on it, and all that a daemon needs to be started. Leaves nothing behind.</summary>
internal sealed class LocalMarket : IAsyncDisposable
{
    private static readonly TimeSpan CommandLimit = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder;
    private readonly string _program;
    private readonly int _gatewayPort = FreePort();
    private readonly int _operatorPort = FreePort();
    private int _configs;

    private LocalMarket(DevnetChain chain, DirectoryInfo folder, string program)
    {
        (Chain, _folder, _program) = (chain, folder, program);
    }

    public DevnetChain Chain { get; }

    public Uri OperatorAddress => new($"http://127.0.0.1:{_operatorPort}");

    /// <param name="program">The daemon's executable.</param>
    /// <param name="blockTime">Pace of the chain.</param>
    /// <param name="tenants">How many tenants with money of their own there are, by the names tenant-0, tenant-1 ...</param>
    /// <param name="ct">Stops.</param>
    /// <exception cref="BenchException">The provider cannot be registered.</exception>
    public static async Task<LocalMarket> StartAsync(string program, TimeSpan blockTime, int tenants, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("provider-agent-bench-");
        var options = new DevnetOptions
        {
            Home = Path.Combine(folder.FullName, "chain"),
            Listen = "127.0.0.1:0",
            BlockTime = blockTime,
            Accounts = [.. Enumerable.Range(0, tenants).Select(i => new DevnetAccountOptions { Name = TenantName(i), Coins = [Coin.Parse("1000000000uakt"), Coin.Parse("1000000000uact")] })],
        };
        var market = new LocalMarket(await DevnetChain.StartAsync(options, ct: ct), folder, program);
        try
        {
            var config = market.WriteConfig(market.Chain.RpcAddress, []);
            await market.RunAsync(["register", "--config", config], ct);
            await market.RunAsync(["cert", "publish", "--config", config], ct);
        }
        catch
        {
            await market.DisposeAsync();
            throw;
        }

        return market;
    }

    /// <summary>A tenant that talks to the chain directly.</summary>
    public DevnetTenant Tenant(int number) => new(Chain.KeyOf(TenantName(number)), new() { Rpc = Chain.RpcAddress });

    /// <summary>Starts the daemon.</summary>
    /// <param name="rpc">Where it finds the chain.</param>
    /// <param name="settings">What differs from the defaults, as <c>section.key=value</c>.</param>
    /// <param name="time">Clock.</param>
    /// <param name="ct">Stops.</param>
    public Task<Daemon> StartDaemonAsync(Uri rpc, IReadOnlyList<string> settings, TimeProvider time, CancellationToken ct) =>
        Daemon.StartAsync(_program, WriteConfig(rpc, settings), OperatorAddress, time, ct);

    public async ValueTask DisposeAsync()
    {
        await EndProxyAsync();
        await Chain.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint?)socket.LocalEndPoint)?.Port ?? throw new BenchException("no port is free");
    }

    /// <summary>An nginx that the daemon has started outlives it.</summary>
    private async Task EndProxyAsync()
    {
        var file = Path.Combine(_folder.FullName, "agent", "ingress", "nginx", "nginx.pid");
        if (!File.Exists(file)) return;
        using var kill = Process.Start("kill", ["-QUIT", (await File.ReadAllTextAsync(file)).Trim()]);
        await kill.WaitForExitAsync();
    }

    private static string TenantName(int number) => string.Create(CultureInfo.InvariantCulture, $"tenant-{number}");

    /// <summary>Writes a configuration; a setting takes the place of the usual one of its name.</summary>
    private string WriteConfig(Uri rpc, IReadOnlyList<string> settings)
    {
        var path = Path.Combine(_folder.FullName, string.Create(CultureInfo.InvariantCulture, $"config-{_configs++}.yaml"));
        string[] usual =
        [
            $"chain.endpoints=[{{rpc: \"{rpc.OriginalString}\"}}]",
            $"chain.key={{file: \"{DevnetHome.Open(Path.Combine(_folder.FullName, "chain")).ProviderKeyFile}\"}}",
            $"provider.host_uri=https://127.0.0.1:{_gatewayPort}",
            "provider.attributes={region: bench}",
            "workloads.ports_address=127.0.0.1",
            // Making file systems is a bench of its own.
            "workloads.volumes={backend: none}",
            // The usual ports belong to the machine.
            "ingress.mode=none",
            $"gateway.rest=127.0.0.1:{_gatewayPort}",
            $"operator.listen=127.0.0.1:{_operatorPort}",
            $"state.directory=\"{Path.Combine(_folder.FullName, "agent")}\"",
        ];
        var sections = usual.Concat(settings).Select(setting => setting.Split('=', 2)).GroupBy(parts => parts[0], parts => parts[1]).ToLookup(
            setting => setting.Key.Split('.')[0],
            setting => $"  {setting.Key.Split('.', 2)[1]}: {setting.Last()}\n");
        File.WriteAllText(path, string.Concat(sections.Select(section => $"{section.Key}:\n{string.Concat(section)}")));
        return path;
    }

    private async Task RunAsync(IReadOnlyList<string> arguments, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(CommandLimit, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        using var process = Process.Start(new ProcessStartInfo(_program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })
            ?? throw new BenchException($"{_program} cannot be started");
        var errors = process.StandardError.ReadToEndAsync(either.Token);
        await process.StandardOutput.ReadToEndAsync(either.Token);
        await process.WaitForExitAsync(either.Token);
        if (process.ExitCode != 0) throw new BenchException($"'{string.Join(' ', arguments)}' failed: {await errors}");
    }
}
