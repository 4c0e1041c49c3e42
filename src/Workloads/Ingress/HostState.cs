using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Where a host name of a service stands.</summary>
public enum HostStage
{
    /// <summary>Requests for it reach the service, or its page that says that no replica runs.</summary>
    Routed,

    /// <summary>It will be routed as soon as the ingress has taken the change.</summary>
    Waiting,

    /// <summary>Another lease of the same owner has it, until that ends or the owner moves it.</summary>
    Withheld,

    /// <summary>Somebody else has it.</summary>
    Taken,

    /// <summary>Its owner has not shown yet that it may be used.</summary>
    Unproven,

    /// <summary>It is no host name that can be routed.</summary>
    Refused,
}

/// <summary>A host name of a service.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Service">The service.</param>
/// <param name="Host">Lower case.</param>
/// <param name="IsGenerated">It is the provider's own.</param>
/// <param name="Stage">Where it stands.</param>
/// <param name="Detail">What its tenant or the operator can do; null when all is well.</param>
/// <param name="CertificateUntil">Until when its certificate is good; null while it has none.</param>
public sealed record HostState(LeaseId Lease, string Service, string Host, bool IsGenerated, HostStage Stage, string? Detail, DateTimeOffset? CertificateUntil);

/// <summary>The ingress as it was when it was last looked at.</summary>
/// <param name="Hosts">All host names of all leases.</param>
/// <param name="Problem">What keeps the ingress from serving; null when nothing does, or there is none.</param>
/// <param name="CertificateProblems">What is wrong with certificates.</param>
public sealed record IngressSnapshot(ValueList<HostState> Hosts, string? Problem, ValueList<string> CertificateProblems)
{
    public static IngressSnapshot Empty { get; } = new([], null, []);

    /// <summary>Host names that lead to a service now.</summary>
    public IEnumerable<string> Routed(LeaseId lease, string service) => Of(lease, service).Where(host => host.Stage == HostStage.Routed).Select(host => host.Host);

    /// <summary>Host names of a service.</summary>
    public IEnumerable<HostState> Of(LeaseId lease, string service) => Hosts.Where(host => host.Lease == lease && host.Service == service);
}

/// <summary>What is known of tenants' host names. Reading never waits.</summary>
public interface IIngressView
{
    IngressSnapshot Snapshot { get; }
}
