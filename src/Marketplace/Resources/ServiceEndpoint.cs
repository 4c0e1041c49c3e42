namespace ProviderAgent.Marketplace;

/// <summary>How a service can be reached from outside. The number of endpoints counts for the price.</summary>
public enum EndpointKind
{
    /// <summary>By host name through the shared HTTP ingress.</summary>
    SharedHttp = 0,

    /// <summary>By a port of the provider's own choice.</summary>
    RandomPort = 1,

    /// <summary>By an address of its own.</summary>
    LeasedIp = 2,
}

/// <param name="Kind">The way in.</param>
/// <param name="Sequence">For leased addresses: equal numbers share one address; otherwise 0.</param>
public readonly record struct ServiceEndpoint(EndpointKind Kind, uint Sequence);
