using System.Buffers;
using System.Net;
using System.Net.Sockets;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>What the firewall has to know to keep tenants away from the host, the local network and each other.</summary>
/// <param name="Bridges">Bridges of the leases on this host; each starts with <see cref="WorkloadNames.BridgePrefix"/>.</param>
/// <param name="PrivateResolvers">Name servers at private addresses that tenants must still reach, on port 53 only.</param>
/// <param name="AllowMail">Lets tenants open connections to mail ports.</param>
public sealed record NetworkGuardRules(IReadOnlyList<string> Bridges, IReadOnlyList<IPAddress> PrivateResolvers, bool AllowMail)
{
    /// <summary>The table is ours alone: it never shares a chain with the engine.</summary>
    public const string Table = "provider_agent_guard";

    // What a web server has, and nothing else below that number can be opened to tenants.
    private static readonly int[] WebPortsBelow = [80, 443];

    // A port below is for services of the host itself, never for a tenant's.
    private const int FirstSharedPort = 1_024;

    private static readonly (uint Base, int Prefix)[] PrivateRanges = [(0x0A000000, 8), (0xAC100000, 12), (0xC0A80000, 16)];

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>How much of this host's network one lease may use.</summary>
    public NetworkLimits Limits { get; init; } = NetworkLimits.None;

    /// <summary>Connections of tenants to these TCP ports are counted; none is refused.</summary>
    public IReadOnlyList<int> WatchedPorts { get; init; } = [];

    /// <summary>As <see cref="WatchedPorts"/>, whatever the port.</summary>
    public IReadOnlyList<IPAddress> WatchedAddresses { get; init; } = [];

    /// <summary>Ports of this host that lead to several replicas in turn.</summary>
    public IReadOnlyList<SharedPort> SharedPorts { get; init; } = [];

    /// <summary>TCP ports of this host's public addresses behind which tenants' web services are, so that they may call each other, and themselves, by host name.</summary>
    public IReadOnlyList<int> WebPorts { get; init; } = [];

    /// <summary>Ports of this host that lead to a lease, which may use them as everybody outside may.</summary>
    public IReadOnlyList<OwnPort> OwnPorts { get; init; } = [];

    /// <summary>Refuses whatever must not get into a firewall script. The host helper checks here what it is asked for.</summary>
    /// <exception cref="ArgumentException">The message names what is wrong.</exception>
    public void Check()
    {
        foreach (var bridge in Bridges)
        {
            if (!IsBridgeName(bridge)) throw new ArgumentException($"'{bridge}' is not the bridge of a lease");
        }

        foreach (var address in PrivateResolvers.Concat(WatchedAddresses))
        {
            if (address.AddressFamily != AddressFamily.InterNetwork) throw new ArgumentException($"'{address}' is not an IPv4 address; tenants have no IPv6");
        }

        foreach (var port in WatchedPorts)
        {
            if (port is < 1 or > 65_535) throw new ArgumentException($"{port} is not a port");
        }

        if (Limits.Connections < 0 || Limits.ConnectionsPerSecond < 0 || Limits.UploadBytesPerSecond < 0 || Limits.DownloadBytesPerSecond < 0)
            throw new ArgumentException("limits must not be negative");
        foreach (var port in WebPorts)
        {
            if (port is < FirstSharedPort or > 65_535 && !WebPortsBelow.Contains(port)) throw new ArgumentException($"{port} is not a port of web services (80, 443, or {FirstSharedPort} to 65535)");
        }

        foreach (var port in OwnPorts)
        {
            if (!IsBridgeName(port.Bridge)) throw new ArgumentException($"'{port.Bridge}' is not the bridge of a lease");
            if (port.HostPort is < FirstSharedPort or > 65_535) throw new ArgumentException($"{port.HostPort} is not a port that can lead to tenants ({FirstSharedPort} to 65535)");
        }

        foreach (var port in SharedPorts)
        {
            if (port.HostPort is < FirstSharedPort or > 65_535) throw new ArgumentException($"{port.HostPort} is not a port that can lead to tenants ({FirstSharedPort} to 65535)");
            if (port.Address.AddressFamily != AddressFamily.InterNetwork) throw new ArgumentException($"'{port.Address}' is not an IPv4 address");
            if (port.Replicas.FirstOrDefault(replica => replica.Port < 1) is { } portless) throw new ArgumentException($"'{portless}' names no port of a container");
            if (port.Replicas.FirstOrDefault(replica => !IsPrivate(replica.Address)) is { } replica) throw new ArgumentException($"'{replica}' is not the address of a container");
        }
    }

    /// <summary>True for the prefix and 8 lower-case hex digits: nothing else may reach a firewall script.</summary>
    public static bool IsBridgeName(string name) =>
        name.Length == WorkloadNames.BridgePrefix.Length + 8
        && name.StartsWith(WorkloadNames.BridgePrefix, StringComparison.Ordinal)
        && name.AsSpan(WorkloadNames.BridgePrefix.Length).IndexOfAnyExcept(LowerHex) < 0;

    private static bool IsPrivate(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetwork) return false;
        var value = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());
        return Array.Exists(PrivateRanges, range => value >> (32 - range.Prefix) == range.Base >> (32 - range.Prefix));
    }
}

/// <summary>How much of this host's network one lease may use. Zero: as much as it likes.</summary>
/// <param name="Connections">Connections that may be open at the same time, in both directions together.</param>
/// <param name="ConnectionsPerSecond">Connections that its containers may open to the outside.</param>
/// <param name="UploadBytesPerSecond">What its containers may send.</param>
/// <param name="DownloadBytesPerSecond">What its containers may be sent.</param>
public sealed record NetworkLimits(int Connections, int ConnectionsPerSecond, long UploadBytesPerSecond, long DownloadBytesPerSecond)
{
    public static NetworkLimits None { get; } = new(0, 0, 0, 0);
}

/// <summary>A port of this host that leads to one lease.</summary>
/// <param name="Bridge">The lease's bridge.</param>
/// <param name="Protocol">TCP or UDP.</param>
/// <param name="HostPort">The port of this host.</param>
public readonly record struct OwnPort(string Bridge, PortProtocol Protocol, int HostPort);

/// <summary>A port of this host that leads to several replicas in turn.</summary>
/// <param name="Address">Address of this host that it is open on; 0.0.0.0 for all.</param>
/// <param name="HostPort">The port of this host.</param>
/// <param name="Protocol">TCP or UDP.</param>
/// <param name="Replicas">Where they listen, each by itself; each new connection goes to the next one.</param>
public sealed record SharedPort(IPAddress Address, int HostPort, PortProtocol Protocol, ValueList<IPEndPoint> Replicas);
