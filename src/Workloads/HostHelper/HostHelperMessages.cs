using System.Text.Json.Serialization;

namespace ProviderAgent.Workloads;

/// <summary>What the daemon may ask the host helper for: one line of JSON, answered by one line, then the connection ends.</summary>
/// <param name="Verb">Name of an <see cref="IHostHelperVerb"/>.</param>
public sealed record HostHelperRequest(string Verb)
{
    /// <summary>Longest request or answer in bytes: enough for every subnet of a pool of a thousand leases.</summary>
    public const int MaxBytes = 512 * 1024;

    /// <summary>Arguments of <see cref="GuardVerb"/>.</summary>
    public GuardArguments? Guard { get; init; }

    /// <summary>Arguments of the verbs of <see cref="DiskVerbs"/>.</summary>
    public DiskArguments? Disk { get; init; }

    /// <summary>Arguments of <see cref="PortsVerb"/>.</summary>
    public PortsArguments? Ports { get; init; }
}

/// <param name="Bridges">Bridges of the leases; checked again by the helper.</param>
/// <param name="Resolvers">IPv4 addresses of private name servers.</param>
/// <param name="AllowMail">Whether tenants may reach mail ports.</param>
public sealed record GuardArguments(IReadOnlyList<string> Bridges, IReadOnlyList<string> Resolvers, bool AllowMail)
{
    /// <summary>How much of the network one lease may use.</summary>
    public NetworkLimits Limits { get; init; } = NetworkLimits.None;

    /// <summary>TCP ports to which connections are counted.</summary>
    public IReadOnlyList<int> WatchedPorts { get; init; } = [];

    /// <summary>IPv4 addresses to which connections are counted.</summary>
    public IReadOnlyList<string> WatchedAddresses { get; init; } = [];

    /// <summary>Ports of the host that lead to several replicas.</summary>
    public IReadOnlyList<SharedPortArguments> SharedPorts { get; init; } = [];

    /// <summary>TCP ports of the host behind which web services are.</summary>
    public IReadOnlyList<int> WebPorts { get; init; } = [];

    /// <summary>Ports of the host that lead to one lease, which may use them.</summary>
    public IReadOnlyList<OwnPortArguments> OwnPorts { get; init; } = [];
}

/// <param name="Bridge">Bridge of the lease; checked again by the helper.</param>
/// <param name="HostPort">The port of the host.</param>
/// <param name="Udp">UDP instead of TCP.</param>
public sealed record OwnPortArguments(string Bridge, int HostPort, bool Udp);

/// <param name="Address">IPv4 address of the host that the port is open on.</param>
/// <param name="HostPort">The port of the host.</param>
/// <param name="Udp">UDP instead of TCP.</param>
/// <param name="Replicas">Where they listen: IPv4 address and port, as <c>10.213.0.2:8080</c>.</param>
public sealed record SharedPortArguments(string Address, int HostPort, bool Udp, IReadOnlyList<string> Replicas);

/// <param name="ContainerId">64 lower-case hex digits.</param>
/// <param name="Pid">Its main process; must be in the container's control group.</param>
/// <param name="Subnet">The lease's subnet.</param>
/// <param name="Gateway">The host's address in it.</param>
/// <param name="Ports">What leads where inside.</param>
public sealed record PortsArguments(string ContainerId, int Pid, string Subnet, string Gateway, IReadOnlyList<PortAlias> Ports);

/// <param name="Error">Why it was not done, and what to do; null when it was done.</param>
public sealed record HostHelperAnswer(string? Error)
{
    public static HostHelperAnswer Done { get; } = new((string?)null);

    /// <summary>What the verbs of <see cref="DiskVerbs"/> found.</summary>
    public DiskAnswer? Disk { get; init; }

    /// <summary>Answer of <see cref="GuardVerb"/>: the whole table had to be loaded.</summary>
    public bool Loaded { get; init; }

    /// <summary>Answer of <see cref="GuardCountsVerb"/>: counts by bridge and number of the <see cref="GuardTally"/>, as in <c>lt-01234567/8</c>.</summary>
    public IReadOnlyDictionary<string, long>? Counts { get; init; }
}

/// <summary>The host helper cannot be reached, or refused. The message says why and what to do.</summary>
public sealed class HostHelperException(string message, Exception? inner = null) : Exception(message, inner);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HostHelperRequest))]
[JsonSerializable(typeof(HostHelperAnswer))]
internal sealed partial class HostHelperJson : JsonSerializerContext;
