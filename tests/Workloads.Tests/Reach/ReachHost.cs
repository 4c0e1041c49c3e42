using System.Net;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Ingress;
using ProviderAgent.Workloads.Tests.Support;
using HealthStatus = Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus;

namespace ProviderAgent.Workloads.Tests.Reach;

/// <summary>The watch over the way to the host, over a network, leases and a DNS that a test names.</summary>
internal sealed class ReachHost : IDisposable
{
    private readonly LeasesOfATest _leases = new();

    /// <param name="time">The clock.</param>
    /// <param name="space">Where the router's programs run; null for this machine's own network.</param>
    public ReachHost(TimeProvider time, NetworkSpace? space = null)
    {
        Ingress = new(new() { Resolvers = [Dns.Endpoint.ToString()] });
        var network = space is null ? (IHostNetworkReader)Network : new Reader(space);
        var router = new ReachableRouter(new RouterCommand(time) { Namespace = space?.File }, Options, time);
        var probe = new ReachProbe(network, router, new NameLookups(new DnsResolver(time), Ingress, time), Names, Ingress);
        Notes = new(time);
        Watch = new(probe, new MappingKeeper(time), new Door(), _leases, Notes, new ReachMetrics(Meters), Options, Ingress, Tenants, time, Log);
    }

    public DnsServer Dns { get; } = new();

    public SettableOptions<ReachOptions> Options { get; } = new(new());

    public SettableOptions<IngressOptions> Ingress { get; }

    public SettableOptions<WorkloadOptions> Tenants { get; } = new(new());

    public NetworkOfATest Network { get; } = new();

    public NamesOfATest Names { get; } = new();

    public MeterProbe Meters { get; } = new();

    public LogProbe<ReachWatch> Log { get; } = new();

    public LeaseNotes Notes { get; }

    public ReachWatch Watch { get; }

    public ReachSnapshot Seen => Watch.Snapshot;

    /// <summary>Details of what a person should act on.</summary>
    public string[] Problems => [.. Seen.Problems.Select(finding => finding.Detail)];

    public void Dispose()
    {
        Watch.Dispose();
        Dns.Dispose();
        Meters.Dispose();
    }

    public Task LookAsync() => Watch.LookAsync(CancellationToken.None);

    public async Task<HealthStatus> HealthAsync() => (await Watch.CheckHealthAsync(new(), CancellationToken.None)).Status;

    public PortState Port(int port, PortProtocol protocol = PortProtocol.Tcp) => Seen.Ports.Single(state => state.Port.OutsidePort == port && state.Port.Protocol == protocol);

    /// <summary>What the engine holds: one container of one lease with these ports of the host.</summary>
    public void Run(params (int Port, PortProtocol Protocol)[] ports) => _leases.Set(LeaseStage.Active, [.. ports.Select(port => new PortAlias(port.Port, 80, port.Protocol))]);

    public void EndLease() => _leases.Clear();

    public bool HasLease => _leases.Snapshot.Leases.Count > 0;

    internal sealed class NamesOfATest : IPublicHostName
    {
        public string Value { get; set; } = "provider.example.com";

        public string IngressDomain { get; set; } = "ingress.example.com";
    }

    internal sealed class NetworkOfATest : IHostNetworkReader
    {
        public string? Local { get; set; } = "192.168.7.20";

        public string[] Others { get; set; } = [];

        public HostNetwork Read() => new(
            Local is null ? null : IPAddress.Parse(Local),
            Local is null ? null : IPAddress.Parse("192.168.7.1"),
            [.. Others.Append(Local).OfType<string>().Select(IPAddress.Parse)]);
    }

    private sealed class Reader(NetworkSpace space) : IHostNetworkReader
    {
        public HostNetwork Read() => space.Within(() => new HostNetworkReader().Read());
    }

    private sealed class Door : IGatewayDoor
    {
        public int PublicPort => 8443;

        public IPEndPoint? Listener { get; } = IPEndPoint.Parse("0.0.0.0:8443");
    }

    private sealed class LeasesOfATest : IWorkloads
    {
        public event Action? Changed;

        public WorkloadSnapshot Snapshot { get; private set; } = new(new Dictionary<LeaseId, LeaseView>(), DateTimeOffset.UnixEpoch, IsStale: false);

        public void Set(LeaseStage stage, ValueList<PortAlias> ports)
        {
            var record = new LeaseRecord { Id = Build.Lease, Stage = stage, Price = default, CreatedAt = default, SeenAt = default };
            var actual = Build.Actual(Build.Container(Build.Spec()) with { HostPorts = ports });
            Publish(new() { [Build.Lease] = new(record, null, null, actual, new Dictionary<string, string>(), new Dictionary<string, int>()) });
        }

        public void Clear() => Publish([]);

        private void Publish(Dictionary<LeaseId, LeaseView> leases)
        {
            Snapshot = Snapshot with { Leases = leases };
            Changed?.Invoke();
        }
    }
}
