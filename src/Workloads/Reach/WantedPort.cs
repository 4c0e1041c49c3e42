using System.Globalization;
using System.Net;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Where tenants reach the gateway.</summary>
public interface IGatewayDoor
{
    /// <summary>Port of the provider's public address.</summary>
    int PublicPort { get; }

    /// <summary>Where the gateway listens; null when that is not settled.</summary>
    IPEndPoint? Listener { get; }
}

/// <summary>A port that the internet is to reach.</summary>
/// <param name="OutsidePort">Port under which it is known outside.</param>
/// <param name="Protocol">TCP or UDP.</param>
/// <param name="Listener">Where this host listens; 0.0.0.0 for all its addresses.</param>
/// <param name="Purpose">For people.</param>
public sealed record WantedPort(int OutsidePort, PortProtocol Protocol, IPEndPoint Listener, string Purpose)
{
    /// <summary>The lease that has it; null for the provider's own.</summary>
    public LeaseId? Lease { get; init; }

    /// <summary>The lease's service.</summary>
    public string Service { get; init; } = "";

    public int Replica { get; init; }

    /// <summary>For people: <c>30001/udp</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{OutsidePort}/{(Protocol == PortProtocol.Udp ? "udp" : "tcp")}");
}

/// <summary>What the internet is to reach on this host.</summary>
internal static class WantedPorts
{
    private const int Http = 80;
    private const int Https = 443;

    /// <summary>All ports, each once. What listens on loopback only is not meant for others.</summary>
    public static ValueList<WantedPort> Of(IGatewayDoor gateway, IngressOptions ingress, WorkloadOptions workloads, WorkloadSnapshot snapshot)
    {
        var ports = new List<WantedPort>();
        if (gateway.Listener is { } door) ports.Add(new(gateway.PublicPort, PortProtocol.Tcp, door, "gateway"));
        if (ingress.Mode != IngressMode.None)
        {
            // Names carry no port: whatever the proxy listens on, outside it is the usual one.
            if (IPEndPoint.TryParse(ingress.Http, out var http)) ports.Add(new(Http, PortProtocol.Tcp, http, "ingress http"));
            if (IPEndPoint.TryParse(ingress.Https, out var https)) ports.Add(new(Https, PortProtocol.Tcp, https, "ingress https"));
        }

        if (IPAddress.TryParse(workloads.PortsAddress, out var address)) ports.AddRange(OfLeases(snapshot, address));
        return ports.Where(IsForOthers).DistinctBy(port => (port.OutsidePort, port.Protocol)).ToValueList();
    }

    /// <summary>What is to run, and what still runs from before.</summary>
    private static IEnumerable<WantedPort> OfLeases(WorkloadSnapshot snapshot, IPAddress address)
    {
        foreach (var (lease, view) in snapshot.Leases.OrderBy(pair => pair.Key.ToString(), StringComparer.Ordinal))
        {
            if (view.Lease.Stage is LeaseStage.Closing or LeaseStage.Closed) continue;
            var wanted = (view.Desired?.Containers ?? []).SelectMany(spec => spec.Ports.Select(port => (spec.Service, spec.Replica, port.HostPort, port.Protocol)));
            var running = view.Actual.Containers.SelectMany(container => container.HostPorts.Select(port => (container.Service, container.Replica, HostPort: port.Port, port.Protocol)));
            foreach (var (service, replica, port, protocol) in wanted.Concat(running))
                yield return new(port, protocol, new(address, port), $"{service} of {lease}") { Lease = lease, Service = service, Replica = replica };
        }
    }

    private static bool IsForOthers(WantedPort port) =>
        port.Listener.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork && port.Listener.Port > 0 && !IPAddress.IsLoopback(port.Listener.Address);
}
