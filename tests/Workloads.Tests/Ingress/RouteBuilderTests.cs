using System.Net;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Ingress;

/// <summary>Which host name leads where.</summary>
public sealed class RouteBuilderTests
{
    private const string Domain = "ingress.example.com";
    private static readonly LeaseId Sibling = LeaseId.Parse("akash1tenant/8/1/1/akash1provider");
    private static readonly LeaseId Stranger = LeaseId.Parse("akash1stranger/7/1/1/akash1provider");

    private readonly Dictionary<string, LeaseId> _held = [];
    private readonly HashSet<string> _unproven = [];

    [Fact]
    public void Build_WebService_GetsItsGeneratedNameAndItsRunningReplicas()
    {
        var (routes, states) = Run(Lease(Build.Lease, Web(8080), Replica(0, "10.213.0.3"), Replica(1, "10.213.0.4", ContainerCondition.Exited), Replica(2, null), Replica(3, "10.213.0.2")));

        var route = Assert.Single(routes);
        Assert.Equal([HostName.Generated(Build.Lease, "web", Domain)], route.Hosts);
        Assert.Equal([IPEndPoint.Parse("10.213.0.3:8080"), IPEndPoint.Parse("10.213.0.2:8080")], route.Upstreams);
        Assert.Equal(8080, route.Port);
        Assert.True(Assert.Single(states).IsGenerated);
    }

    [Fact]
    public void Build_NoReplicaRuns_KeepsTheRouteWithoutUpstreams() =>
        Assert.Empty(Assert.Single(Run(Lease(Build.Lease, Web(80), Replica(0, "10.213.0.3", ContainerCondition.Exited))).Routes).Upstreams);

    [Fact]
    public void Build_PortsThatAreNoIngress_GetNoRoute()
    {
        var service = Build.Service() with
        {
            Expose =
            [
                new ServiceExpose { Port = 80, Proto = ServiceExpose.Tcp, Global = false },
                new ServiceExpose { Port = 80, Proto = ServiceExpose.Udp, Global = true },
                new ServiceExpose { Port = 80, ExternalPort = 8080, Proto = ServiceExpose.Tcp, Global = true },
            ],
        };

        Assert.Empty(Run(Lease(Build.Lease, service, Replica(0, "10.213.0.3"))).Routes);
    }

    [Fact]
    public void Build_TwoWebPorts_TheLastHasTheServicesOwnName()
    {
        _held["a.example.com"] = Build.Lease;
        var service = Build.Service() with
        {
            Expose =
            [
                new ServiceExpose { Port = 3000, ExternalPort = 80, Proto = ServiceExpose.Tcp, Global = true, Hosts = ["A.example.com"] },
                new ServiceExpose { Port = 4000, ExternalPort = 80, Proto = ServiceExpose.Tcp, Global = true },
            ],
        };

        var routes = Run(Lease(Build.Lease, service, Replica(0, "10.213.0.3"))).Routes;

        Assert.Equal([(3000, "a.example.com"), (4000, HostName.Generated(Build.Lease, "web", Domain))], routes.Select(route => (route.Port, Assert.Single(route.Hosts))));
    }

    [Fact]
    public void Build_NamesOfOthers_AreNotRouted()
    {
        _held["mine.example.org"] = Build.Lease;
        _held["siblings.example.org"] = Sibling;
        _held["strangers.example.org"] = Stranger;
        _held["unproven.example.org"] = Build.Lease;
        _unproven.Add("unproven.example.org");
        var victim = HostName.Generated(Stranger, "web", Domain);
        _held[victim] = Build.Lease;

        var (routes, states) = Run(Lease(Build.Lease, Web(80, "mine.example.org", "siblings.example.org", "strangers.example.org", "unproven.example.org", "unheld.example.org", victim), Replica(0, "10.213.0.3")));

        Assert.Equal(["mine.example.org", HostName.Generated(Build.Lease, "web", Domain)], Assert.Single(routes).Hosts);
        Assert.Equal(
            [HostStage.Waiting, HostStage.Withheld, HostStage.Taken, HostStage.Unproven, HostStage.Taken, HostStage.Refused],
            states.Where(state => !state.IsGenerated).Select(state => state.Stage));
        Assert.Contains("_provider-agent.unproven.example.org TXT \"owner=akash1tenant\"", states.Single(state => state.Stage == HostStage.Unproven).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_SameNameInTwoServices_IsRoutedOnce()
    {
        _held["a.example.org"] = Build.Lease;
        var lease = new WebLease(Build.Lease, new("west", [Web(80, "a.example.org") with { Name = "api" }, Web(80, "a.example.org")]), []);

        Assert.Single(Run(lease).Routes, route => route.Hosts.Contains("a.example.org"));
    }

    [Fact]
    public void Build_UpdateMovesThePort_EachReplicaIsReachedWhereItListens()
    {
        var old = Replica(0, "10.213.0.2") with { SpecHash = "older", WebPorts = [8080] };
        var updated = Replica(1, "10.213.0.3") with { WebPorts = [80] };
        var unknown = Replica(2, "10.213.0.4") with { SpecHash = "older" };

        var route = Assert.Single(Run(Lease(Build.Lease, Web(80), old, updated, unknown) with { Wanted = new HashSet<string> { updated.SpecHash } }).Routes);

        Assert.Equal([IPEndPoint.Parse("10.213.0.2:8080"), IPEndPoint.Parse("10.213.0.3:80"), IPEndPoint.Parse("10.213.0.4:80")], route.Upstreams);
    }

    [Fact]
    public void Build_ContainerIsTheSameButNamesLeadElsewhere_GoesByTheNewManifest()
    {
        var kept = Replica(0, "10.213.0.2") with { WebPorts = [3000] };

        var route = Assert.Single(Run(Lease(Build.Lease, Web(4000), kept) with { Wanted = new HashSet<string> { kept.SpecHash } }).Routes);

        Assert.Equal([IPEndPoint.Parse("10.213.0.2:4000")], route.Upstreams);
    }

    [Fact]
    public void Build_SeveralWebPortsMove_EachNameGoesWhereItWent()
    {
        _held["a.example.com"] = Build.Lease;
        var service = Build.Service() with
        {
            Expose =
            [
                new ServiceExpose { Port = 3001, ExternalPort = 80, Proto = ServiceExpose.Tcp, Global = true, Hosts = ["a.example.com"] },
                new ServiceExpose { Port = 4001, ExternalPort = 80, Proto = ServiceExpose.Tcp, Global = true },
            ],
        };

        var routes = Run(Lease(Build.Lease, service, Replica(0, "10.213.0.2") with { SpecHash = "older", WebPorts = [3000, 4000] })).Routes;

        Assert.Equal([IPEndPoint.Parse("10.213.0.2:3000"), IPEndPoint.Parse("10.213.0.2:4000")], routes.Select(route => Assert.Single(route.Upstreams)));
    }

    [Fact]
    public void Build_WithoutDomain_RoutesOnlyTenantsOwnNames()
    {
        _held["a.example.org"] = Build.Lease;

        var (routes, _) = new RouteBuilder("", host => _held[host], _ => true).Build([Lease(Build.Lease, Web(80, "a.example.org"))]);

        Assert.Equal(["a.example.org"], Assert.Single(routes).Hosts);
    }

    private (ValueList<IngressRoute> Routes, ValueList<HostState> States) Run(params WebLease[] leases) =>
        new RouteBuilder(Domain, host => _held.TryGetValue(host, out var lease) ? lease : null, host => !_unproven.Contains(host)).Build(leases);

    private static WebLease Lease(LeaseId lease, ManifestService service, params ActualContainer[] containers) => new(lease, new("west", [service]), [.. containers]);

    private static ManifestService Web(uint port, params string[] hosts) => Build.Service() with
    {
        Expose = [new ServiceExpose { Port = port, ExternalPort = 80, Proto = ServiceExpose.Tcp, Global = true, Hosts = [.. hosts] }],
    };

    private static ActualContainer Replica(int replica, string? address, ContainerCondition condition = ContainerCondition.Running) =>
        Build.Container(Build.Spec(replica: replica), condition) with
        {
            Network = address is null ? null : new(IPAddress.Parse(address), IPNetwork.Parse("10.213.0.0/26"), IPAddress.Parse("10.213.0.1")),
        };
}
