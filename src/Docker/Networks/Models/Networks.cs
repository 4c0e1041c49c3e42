using System.Text.Json.Serialization;

namespace ProviderAgent.Docker.Models;

/// <summary>A network to make.</summary>
public sealed class NetworksCreateParameters
{
    public string Name { get; set; } = "";

    /// <summary>Default true: without it the engine makes a second network of the same name. Old engines need it, new ones ignore it.</summary>
    public bool CheckDuplicate { get; set; } = true;

    /// <summary><c>bridge</c> when null.</summary>
    public string? Driver { get; set; }

    /// <summary>True: no way out. The host's own addresses still answer.</summary>
    public bool Internal { get; set; }

    public bool Attachable { get; set; }

    public bool EnableIPv6 { get; set; }

    /// <summary>Give a subnet of your own always: the engine's pools end after 31 bridges.</summary>
    public IPAM? IPAM { get; set; }

    /// <summary>As <c>com.docker.network.bridge.name</c> (at most 15 characters).</summary>
    public IDictionary<string, string>? Options { get; set; }

    public IDictionary<string, string>? Labels { get; set; }
}

public sealed class NetworksCreateResponse
{
    [JsonRequired]
    [JsonPropertyName("Id")]
    public string ID { get; set; } = "";

    public string Warning { get; set; } = "";
}

/// <summary>Addresses of a network.</summary>
public sealed class IPAM
{
    public string? Driver { get; set; }

    public IDictionary<string, string>? Options { get; set; }

    public IList<IPAMConfig>? Config { get; set; }
}

public sealed class IPAMConfig
{
    /// <summary>As <c>10.1.2.0/24</c>.</summary>
    public string? Subnet { get; set; }

    public string? IPRange { get; set; }

    public string? Gateway { get; set; }

    [JsonPropertyName("AuxiliaryAddresses")]
    public IDictionary<string, string>? AuxAddress { get; set; }
}

public sealed class NetworksListParameters
{
    /// <summary>As <c>label</c>, <c>name</c> (matches parts), <c>driver</c>.</summary>
    public IDictionary<string, IDictionary<string, bool>>? Filters { get; set; }
}

/// <summary>One network.</summary>
public sealed class NetworkResponse
{
    [JsonRequired]
    public string Name { get; set; } = "";

    [JsonRequired]
    [JsonPropertyName("Id")]
    public string ID { get; set; } = "";

    public DateTime Created { get; set; }

    public string Scope { get; set; } = "";

    public string Driver { get; set; } = "";

    public bool EnableIPv6 { get; set; }

    public IPAM IPAM { get; set; } = new();

    public bool Internal { get; set; }

    public bool Attachable { get; set; }

    /// <summary>By container id; filled by an inspect only, with running containers only.</summary>
    public IDictionary<string, EndpointResource> Containers { get; set; } = new Dictionary<string, EndpointResource>();

    public IDictionary<string, string> Options { get; set; } = new Dictionary<string, string>();

    public IDictionary<string, string> Labels { get; set; } = new Dictionary<string, string>();
}

/// <summary>A container in a network.</summary>
public sealed class EndpointResource
{
    public string Name { get; set; } = "";

    public string EndpointID { get; set; } = "";

    public string MacAddress { get; set; } = "";

    /// <summary>With prefix length, as <c>10.1.2.3/24</c>.</summary>
    public string IPv4Address { get; set; } = "";

    public string IPv6Address { get; set; } = "";
}

public sealed class NetworkConnectParameters
{
    /// <summary>Id or name.</summary>
    public string Container { get; set; } = "";

    public EndpointSettings? EndpointConfig { get; set; }
}

public sealed class NetworkDisconnectParameters
{
    /// <summary>Id or name.</summary>
    public string Container { get; set; } = "";

    /// <summary>True: also when the container is gone or stuck.</summary>
    public bool Force { get; set; }
}
