using System.Net;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>A lease's part in the ingress: what its manifest asks for, and what runs of it.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Group">Its services.</param>
/// <param name="Containers">What the engine holds for it.</param>
internal sealed record WebLease(LeaseId Lease, ManifestGroup Group, ValueList<ActualContainer> Containers)
{
    /// <summary>Hashes of what must run by that manifest. Other containers are of an older one.</summary>
    public IReadOnlySet<string> Wanted { get; init; } = new HashSet<string>(StringComparer.Ordinal);
}

/// <summary>Says which host names lead where. Pure: no clock, no engine, no log.</summary>
/// <param name="domain">Generated names end with it; empty for none.</param>
/// <param name="findHolder">Which lease holds a name; null when none does.</param>
/// <param name="isProven">Whether the holder may use a name of its own; asked only where it holds it.</param>
internal sealed class RouteBuilder(string domain, Func<string, LeaseId?> findHolder, Func<string, bool> isProven)
{
    private readonly List<IngressRoute> _routes = [];
    private readonly List<HostState> _states = [];
    private readonly HashSet<string> _given = new(StringComparer.Ordinal);

    /// <summary>Routes of these leases, and the state of each of their host names as far as it does not depend on the ingress.</summary>
    public (ValueList<IngressRoute> Routes, ValueList<HostState> States) Build(IEnumerable<WebLease> leases)
    {
        foreach (var lease in leases.OrderBy(lease => lease.Lease.ToString(), StringComparer.Ordinal))
        {
            foreach (var service in lease.Group.Services) Add(lease, service);
        }

        return ([.. _routes], [.. _states]);
    }

    /// <summary>The host names that a group brings along, in the form in which they are held.</summary>
    public static IEnumerable<string> CustomHosts(ManifestGroup group) =>
        group.Services.SelectMany(service => service.Expose ?? []).Where(expose => expose.IsIngress).SelectMany(expose => expose.Hosts ?? []).Select(host => host.ToLowerInvariant()).Distinct();

    private void Add(WebLease lease, ManifestService service)
    {
        var exposes = (service.Expose ?? []).Where(expose => expose.IsIngress).ToArray();
        if (exposes.Length == 0) return;
        // The address is of the lease's own bridge. A container that was made from an older manifest serves until its turn to be replaced comes.
        var running = Traffic.Choose([.. lease.Containers
            .Where(container => container.Service == service.Name && container is { Condition: ContainerCondition.Running, Network: not null })
            .OrderBy(container => container.Replica)]);
        foreach (var (index, port) in exposes.GroupBy(expose => (int)expose.Port).Index())
        {
            var hosts = port.SelectMany(expose => expose.Hosts ?? []).Select(host => host.ToLowerInvariant()).Distinct().Where(host => IsRoutable(lease.Lease, service.Name, host)).ToList();
            // Several web ports share the service's own name; the last one has it.
            if (domain.Length > 0 && port.Key == (int)exposes[^1].Port && IsOwnRoutable(lease.Lease, service.Name) is { } own) hosts.Add(own);
            if (hosts.Count == 0) continue;
            var upstreams = running.Select(container => new IPEndPoint(container.Network!.Address, PortOf(container, lease, index, port.Key))).Distinct().ToValueList();
            _routes.Add(new(lease.Lease, service.Name, port.Key, hosts.Order(StringComparer.Ordinal).ToValueList(), upstreams, port.Last().HttpOptions));
        }
    }

    /// <summary>Where a container listens: one of an older manifest does so where that one said, until it is replaced.</summary>
    private static int PortOf(ActualContainer container, WebLease lease, int index, int wanted) =>
        container.WebPorts.Count == 0 || lease.Wanted.Contains(container.SpecHash) ? wanted : container.WebPorts[Math.Min(index, container.WebPorts.Count - 1)];

    private string? IsOwnRoutable(LeaseId lease, string service)
    {
        var host = HostName.Generated(lease, service, domain);
        if (!HostName.IsSafe(host) || !_given.Add(host)) return null;
        _states.Add(new(lease, service, host, IsGenerated: true, HostStage.Waiting, Detail: null, CertificateUntil: null));
        return host;
    }

    private bool IsRoutable(LeaseId lease, string service, string host)
    {
        var (stage, detail) = Judge(lease, host);
        _states.Add(new(lease, service, host, IsGenerated: false, stage, detail, CertificateUntil: null));
        return stage == HostStage.Waiting;
    }

    private (HostStage Stage, string? Detail) Judge(LeaseId lease, string host)
    {
        if (!HostName.IsSafe(host)) return (HostStage.Refused, "labels of a host name have at most 63 letters, digits and hyphens");
        if (domain.Length > 0 && IsBelow(host, domain)) return (HostStage.Refused, "names below the provider's ingress domain are given by the provider only");
        if (findHolder(host) is not { } holder) return (HostStage.Taken, "it could not be reserved yet; this is tried again");
        if (holder != lease) return holder.Owner == lease.Owner ? (HostStage.Withheld, $"your lease {holder} has it: close that, or move the name") : (HostStage.Taken, "another tenant has it");
        if (!isProven(host)) return (HostStage.Unproven, OwnershipRecord.Explain(host, lease.Owner));
        return _given.Add(host) ? (HostStage.Waiting, null) : (HostStage.Taken, "another of the lease's services has it");
    }

    private static bool IsBelow(string host, string domain) => host == domain || (host.Length > domain.Length && host.EndsWith(domain, StringComparison.Ordinal) && host[^(domain.Length + 1)] == '.');
}
