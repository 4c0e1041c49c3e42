using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace ProviderAgent.Workloads;

/// <summary>Loads the mapping into the container's own network namespace, where its tenant has no right to change it. For root; others go through the host helper.</summary>
internal sealed class NftPortMapper(TimeProvider time) : IPortMapper
{
    private const string Table = "provider_agent_ports";
    private const int MaxPorts = 256;
    private const int IdLength = 64;

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    public async Task MapAsync(ContainerPortMap map, CancellationToken ct)
    {
        var script = Script(map);
        var process = string.Create(CultureInfo.InvariantCulture, $"/proc/{map.Pid}");
        try
        {
            // Held open, the namespace stays this one whatever becomes of the process. Looked at before and after, so that a process id that was
            // given to another program in between is noticed.
            CheckIsIn(process, map.ContainerId);
            using var space = File.OpenHandle(process + "/ns/net", FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            CheckIsIn(process, map.ContainerId);
            var file = string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{space.DangerousGetHandle()}");
            if (File.ResolveLinkTarget(file, returnFinalTarget: false)?.Name == File.ResolveLinkTarget("/proc/self/ns/net", returnFinalTarget: false)?.Name)
                throw new NetworkGuardException("the container shares this host's network: its ports are not mapped");
            await new NftCommand(time) { Namespace = file }.ApplyAsync(script, ct);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new NetworkGuardException($"the network of process {map.Pid} cannot be entered: {error.Message}", error);
        }
    }

    /// <summary>The whole mapping in one atomic step.</summary>
    /// <exception cref="ArgumentException">Something in it must not get into a script.</exception>
    internal static string Script(ContainerPortMap map)
    {
        if (map.ContainerId.Length != IdLength || map.ContainerId.AsSpan().IndexOfAnyExcept(LowerHex) >= 0) throw new ArgumentException("the container's id must be 64 lower-case hex digits");
        if (map.Pid < 2) throw new ArgumentException($"{map.Pid} is not the process of a container");
        if (map.Subnet.BaseAddress.AddressFamily != AddressFamily.InterNetwork || map.Gateway.AddressFamily != AddressFamily.InterNetwork) throw new ArgumentException("tenants have no IPv6");
        if (map.Ports.Count > MaxPorts) throw new ArgumentException($"a service has at most {MaxPorts} mapped ports");
        if (map.Ports.FirstOrDefault(port => port.Port is < 1 or > 65_535 || port.ContainerPort is < 1 or > 65_535) is { } wrong) throw new ArgumentException($"{wrong.Port} to {wrong.ContainerPort} is not a pair of ports");
        var script = new StringBuilder();
        // Declaring the table first makes the deletion succeed on the first run too.
        Line($"table inet {Table}\ndelete table inet {Table}");
        if (map.Ports.Count == 0) return script.ToString();
        Line($"table inet {Table} {{\n  chain siblings {{\n    type nat hook prerouting priority dstnat; policy accept;");
        foreach (var port in map.Ports) Line($"    ip saddr {map.Subnet} ip saddr != {map.Gateway} {NftTable.Protocol(port.Protocol)} dport {port.Port} redirect to :{port.ContainerPort}");
        // The service may call itself by its own name.
        Line($"  }}\n  chain self {{\n    type nat hook output priority -110; policy accept;");
        foreach (var port in map.Ports) Line($"    ip daddr != 127.0.0.0/8 fib daddr type local {NftTable.Protocol(port.Protocol)} dport {port.Port} redirect to :{port.ContainerPort}");
        Line($"  }}\n}}");
        return script.ToString();

        void Line(FormattableString line) => script.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    /// <summary>Control groups are made by the engine and end in the container's id; a tenant can make none.</summary>
    private static void CheckIsIn(string process, string containerId)
    {
        var isIn = File.ReadLines(process + "/cgroup").Any(line =>
        {
            // "4:memory:/docker/ID" or "0::/system.slice/docker-ID.scope"
            var path = line[(line.LastIndexOf(':') + 1)..];
            var last = path[(path.LastIndexOf('/') + 1)..];
            return last == containerId || last == $"docker-{containerId}.scope";
        });
        if (!isIn) throw new NetworkGuardException("the process is not in the container's control group");
    }
}
