using ProviderAgent.Marketplace;

namespace ProviderAgent.Manifests;

/// <summary>One port of a service and who may reach it.</summary>
public sealed record ServiceExpose
{
    /// <summary>The two protocol names that manifests know.</summary>
    public const string Tcp = "TCP";

    /// <inheritdoc cref="Tcp"/>
    public const string Udp = "UDP";

    internal static ServiceExpose Empty { get; } = new();

    /// <summary>Port inside the container, 1 to 65535 once the structure rules have passed.</summary>
    public uint Port { get; init; }

    /// <summary>As written; 0 means "same as <see cref="Port"/>". See <see cref="PublishedPort"/>.</summary>
    public uint ExternalPort { get; init; }

    /// <summary><see cref="Tcp"/> or <see cref="Udp"/>.</summary>
    public string Proto { get; init; } = "";

    /// <summary>The service that this port is meant for; informative, it does not keep other services of the lease out.</summary>
    public string Service { get; init; } = "";

    /// <summary>Reachable from outside the lease.</summary>
    public bool Global { get; init; }

    /// <summary>Host names that the ingress routes here.</summary>
    public ValueList<string>? Hosts { get; init; }

    public HttpOptions HttpOptions { get; init; } = HttpOptions.Empty;

    /// <summary>Name of a leased address; empty for none.</summary>
    public string Ip { get; init; } = "";

    public uint EndpointSequenceNumber { get; init; }

    /// <summary>The port under which others reach the service.</summary>
    public uint PublishedPort => ExternalPort == 0 ? Port : ExternalPort;

    /// <summary>Served by host name through the HTTP ingress instead of by a port of its own.</summary>
    public bool IsIngress => Global && Proto == Tcp && PublishedPort == 80;
}

/// <summary>How the ingress treats requests to a service. All members are as the tenant wrote them.</summary>
public sealed record HttpOptions
{
    internal static HttpOptions Empty { get; } = new();

    /// <summary>Largest request body in bytes.</summary>
    public uint MaxBodySize { get; init; }

    /// <summary>Milliseconds.</summary>
    public uint ReadTimeout { get; init; }

    /// <summary>Milliseconds.</summary>
    public uint SendTimeout { get; init; }

    /// <summary>How many replicas are tried in all.</summary>
    public uint NextTries { get; init; }

    /// <summary>Milliseconds for all tries together; 0 for no limit.</summary>
    public uint NextTimeout { get; init; }

    /// <summary>When another replica is tried: <c>error</c>, <c>timeout</c>, an HTTP status, or <c>off</c>. Empty and absent are the same.</summary>
    public ValueList<string> NextCases { get; init; }

    /// <summary>Bytes for the header of a reply; 0 for the ingress's own default.</summary>
    public uint ProxyBufferSize { get; init; }
}
