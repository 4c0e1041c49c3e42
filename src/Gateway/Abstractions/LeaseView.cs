using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway;

/// <summary>What can be said about a lease.</summary>
public abstract record LeaseView
{
    private LeaseView()
    {
    }

    /// <summary>Not a lease of this provider.</summary>
    public sealed record Unknown : LeaseView;

    /// <summary>A lease whose tenant has sent no manifest yet.</summary>
    public sealed record NoManifest : LeaseView;

    /// <summary>The manifest is accepted, nothing of it exists yet.</summary>
    public sealed record NotDeployed : LeaseView;

    public sealed record Deployed(LeaseStatus Status) : LeaseView;
}

/// <summary>The state of a lease's services.</summary>
/// <param name="Services">One for each service of the lease's group.</param>
/// <param name="ForwardedPorts">Ports published on the provider's own address; null when the manifest asks for none, so that an empty list means "not yet".</param>
/// <param name="LeasedIps">Ports on addresses of their own; null when the manifest asks for none.</param>
/// <param name="StaleSince">When this was last confirmed by the engine, if that is longer ago than usual; null when fresh.</param>
public sealed record LeaseStatus(
    ValueList<ServiceStatus> Services,
    ValueList<ForwardedPort>? ForwardedPorts,
    ValueList<LeasedIp>? LeasedIps,
    DateTimeOffset? StaleSince);

/// <param name="Name">The service.</param>
/// <param name="Replicas">Instances that exist.</param>
/// <param name="Ready">Instances that serve.</param>
/// <param name="Updated">Instances of the newest manifest.</param>
/// <param name="Generation">Grows with each applied update, from 1.</param>
/// <param name="Hosts">Host names that are routed to the service now.</param>
public sealed record ServiceStatus(string Name, int Replicas, int Ready, int Updated, long Generation, ValueList<string> Hosts);

/// <param name="Service">The service.</param>
/// <param name="Host">Where to connect; empty when not known.</param>
/// <param name="Port">Inside the container.</param>
/// <param name="ExternalPort">To connect to.</param>
/// <param name="Proto"><c>TCP</c> or <c>UDP</c>.</param>
public sealed record ForwardedPort(string Service, string Host, int Port, int ExternalPort, string Proto);

/// <inheritdoc cref="ForwardedPort"/>
public sealed record LeasedIp(string Service, string Ip, int Port, int ExternalPort, string Proto);
