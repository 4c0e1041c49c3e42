namespace ProviderAgent.Docker.Models;

/// <summary>A container's side of its networks.</summary>
public sealed class NetworkSettings
{
    /// <summary>File of the network namespace on the host; empty when not running.</summary>
    public string SandboxKey { get; set; } = "";

    /// <summary>Keys as <c>80/tcp</c>; null for a port that is exposed and not published.</summary>
    public IDictionary<string, IList<PortBinding>?> Ports { get; set; } = new Dictionary<string, IList<PortBinding>?>();

    /// <summary>By name of the network.</summary>
    public IDictionary<string, EndpointSettings> Networks { get; set; } = new Dictionary<string, EndpointSettings>();
}

/// <summary>A container in one network; as asked for or as it came out.</summary>
public sealed class EndpointSettings
{
    public EndpointIPAMConfig? IPAMConfig { get; set; }

    /// <summary>Further names of the container in this network; one alias on two containers resolves to both.</summary>
    public IList<string>? Aliases { get; set; }

    public string? NetworkID { get; set; }

    public string? EndpointID { get; set; }

    public string? Gateway { get; set; }

    /// <summary>Empty when not running.</summary>
    public string? IPAddress { get; set; }

    public int IPPrefixLen { get; set; }

    public string? IPv6Gateway { get; set; }

    public string? GlobalIPv6Address { get; set; }

    public int GlobalIPv6PrefixLen { get; set; }

    public string? MacAddress { get; set; }

    public IDictionary<string, string>? DriverOpts { get; set; }
}

/// <summary>Fixed addresses of a container.</summary>
public sealed class EndpointIPAMConfig
{
    public string? IPv4Address { get; set; }

    public string? IPv6Address { get; set; }
}

/// <summary>A container's networks in a list.</summary>
public sealed class SummaryNetworkSettings
{
    public IDictionary<string, EndpointSettings> Networks { get; set; } = new Dictionary<string, EndpointSettings>();
}

/// <summary>A port of a container in a list.</summary>
public sealed class Port
{
    public string? IP { get; set; }

    public ushort PrivatePort { get; set; }

    /// <summary>0 when not published.</summary>
    public ushort PublicPort { get; set; }

    /// <summary><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</summary>
    public string Type { get; set; } = "";
}
