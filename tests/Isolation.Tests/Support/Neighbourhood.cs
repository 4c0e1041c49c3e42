using System.Diagnostics;
using System.Globalization;

namespace ProviderAgent.Isolation.Tests.Support;

/// <summary>A network namespace that plays the rest of the world: a machine of the operator's home network, a metadata service, and an address of the internet.</summary>
internal sealed class Neighbourhood : IAsyncDisposable
{
    /// <summary>A machine of the home network.</summary>
    public const string Lan = "192.168.231.2";

    /// <summary>This host as the home network sees it.</summary>
    public const string HostOnLan = "192.168.231.1";

    /// <summary>A link-local address, as the metadata services of clouds have one.</summary>
    public const string Metadata = "169.254.231.254";

    /// <summary>Shared address space, as carriers use it.</summary>
    public const string CarrierNat = "100.64.231.2";

    /// <summary>An address that stands for the internet (TEST-NET-3).</summary>
    public const string Internet = "203.0.113.77";

    /// <summary>An address of this host that stands for a public one (TEST-NET-2).</summary>
    public const string HostInPublic = "198.51.100.231";

    public const int Port = 18080;

    /// <summary>Where <see cref="Internet"/> answers over UDP.</summary>
    public const int UdpPort = 999;

    /// <summary>Size of the file <c>large</c> on the web servers.</summary>
    public const long LargeFileBytes = 12 * 1024 * 1024;

    private const string Namespace = "pa-isolation";

    private readonly List<Process> _servers = [];
    private readonly string _folder;

    private Neighbourhood(string folder) => _folder = folder;

    public static async Task<Neighbourhood> BuildAsync(string folder)
    {
        var around = new Neighbourhood(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "index.html"), "hello from outside");
        await using (var large = File.Create(Path.Combine(folder, "large"))) large.SetLength(LargeFileBytes);
        await RunAsync($"ip netns delete {Namespace} 2>/dev/null; ip link delete pa-iso0 2>/dev/null; true");
        await RunAsync($"""
            set -e
            ip netns add {Namespace}
            ip link add pa-iso0 type veth peer name pa-iso1 netns {Namespace}
            ip addr add {HostOnLan}/24 dev pa-iso0
            ip addr add {HostInPublic}/32 dev pa-iso0
            ip link set pa-iso0 up
            ip -n {Namespace} link set lo up
            ip -n {Namespace} addr add {Lan}/24 dev pa-iso1
            for address in {Metadata} {CarrierNat} {Internet}; do ip -n {Namespace} addr add $address/32 dev lo; done
            ip -n {Namespace} link set pa-iso1 up
            ip -n {Namespace} route add default via {HostOnLan}
            for address in {Metadata} {CarrierNat} {Internet}; do ip route replace $address/32 via {Lan}; done
            """);
        around.Serve($"ip netns exec {Namespace} busybox httpd -f -p {Port} -h {folder}");
        around.Serve($"ip netns exec {Namespace} busybox httpd -f -p 25 -h {folder}");
        around.Serve($"ip netns exec {Namespace} busybox httpd -f -p 53 -h {folder}");
        around.Serve($"busybox httpd -f -p {Port} -h {folder}");
        foreach (var address in new[] { Lan, Metadata, CarrierNat, Internet, HostOnLan, HostInPublic })
            await Eventually.BecomesTrueAsync($"{address} answers the host", async () => await FetchAsync(address, Port) == "hello from outside");
        return around;
    }

    /// <summary>The control for every refusal: this host itself does get an answer.</summary>
    public static async Task<string> FetchAsync(string address, int port)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };
        return await client.GetStringAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{address}:{port}/index.html")));
    }

    /// <summary>What a machine of the home network sees of this host.</summary>
    public static Task<string> FetchFromOutsideAsync(string address, int port) => RunAsync(string.Create(CultureInfo.InvariantCulture,
        $"printf 'GET /index.html HTTP/1.0\r\n\r\n' | ip netns exec {Namespace} timeout 3 busybox nc {address} {port} | tail -n 1"));

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            if (!server.HasExited) server.Kill(entireProcessTree: true);
            server.Dispose();
        }

        await RunAsync($"ip netns delete {Namespace}; ip link delete pa-iso0 2>/dev/null; true");
    }

    /// <summary>Has a program that was compiled meanwhile answer over UDP.</summary>
    public void ServeUdp(string program) => Serve($"ip netns exec {Namespace} {program} serve {UdpPort} {Internet}");

    private void Serve(string command) => _servers.Add(
        Process.Start(new ProcessStartInfo("sh", ["-c", $"PATH=$PATH:/usr/sbin:/sbin; exec {command}"]) { WorkingDirectory = _folder }) ?? throw new InvalidOperationException($"{command} did not start"));

    /// <summary>Runs a script on this host.</summary>
    public static async Task<string> RunAsync(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", "PATH=$PATH:/usr/sbin:/sbin\n" + script]) { RedirectStandardError = true, RedirectStandardOutput = true }) ?? throw new InvalidOperationException("no shell");
        var output = shell.StandardOutput.ReadToEndAsync();
        var errors = await shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return shell.ExitCode == 0 ? await output : throw new InvalidOperationException($"{script}: {errors}");
    }
}
