namespace ProviderAgent.Workloads.Tests.Reach;

/// <summary>A real router program behind a LAN of its own, asked by UPnP. Each look for it takes upnpc two seconds, so tests do much with one.</summary>
public sealed class HomeRouterTests : IDisposable
{
    private const string Name = "provider.example.com";
    private const string Below = "*.ingress.example.com";

    private readonly ManualTimeProvider _time = new();
    private HomeNetwork? _home;
    private ReachHost? _host;

    public void Dispose()
    {
        _host?.Dispose();
        _home?.Dispose();
    }

    [NeedsRootFact("ip", "nft", "miniupnpd", "upnpc")]
    public async Task Look_Lease_IsReachedFromTheInternetUntilItEnds()
    {
        var (home, host) = Start(RouterMode.Upnp);
        host.Run((30_001, PortProtocol.Tcp), (30_002, PortProtocol.Udp));

        await host.LookAsync();

        Assert.Equal([8443, 80, 443, 30_001, 30_002], host.Seen.Ports.Select(state => state.Port.OutsidePort));
        Assert.All(host.Seen.Ports, state => Assert.Equal(MappingStage.Mapped, state.Stage));
        Assert.Empty(host.Problems);
        Assert.Equal(home.Outside, host.Seen.SeenAs?.ToString());
        Assert.Equal(5, host.Meters.Gauge("provider_reach_ports", "state=mapped"));
        Assert.Equal(1, host.Meters.Gauge("provider_reach_router_up"));
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromHours(1), host.Port(30_001).Until);
        Assert.Equal("welcome", await home.AskFromTheInternetAsync(8443, PortProtocol.Tcp));
        Assert.Equal("welcome", await home.AskFromTheInternetAsync(30_001, PortProtocol.Tcp));
        Assert.Equal("hello", await home.AskFromTheInternetAsync(30_002, PortProtocol.Udp));

        host.EndLease();
        await host.LookAsync();

        Assert.DoesNotContain("30001", home.Redirects, StringComparison.Ordinal);
        Assert.DoesNotContain("30002", home.Redirects, StringComparison.Ordinal);
        Assert.Equal(3, host.Seen.Ports.Count);
        Assert.Equal("welcome", await home.AskFromTheInternetAsync(8443, PortProtocol.Tcp));
        Assert.Empty(host.Problems);
    }

    [NeedsRootTheory("ip", "nft", "miniupnpd", "upnpc", "natpmpc")]
    [InlineData(RouterMode.Upnp)]
    [InlineData(RouterMode.NatPmp)]
    [Trait(FaultRow.Trait, FaultRow.WayFromOutside)]
    public async Task Look_RouterRestarted_IsMappedAgainAtTheNextLook(RouterMode mode)
    {
        var (home, host) = Start(mode);
        host.Run((30_001, PortProtocol.Tcp));
        await host.LookAsync();
        home.Stop();
        if (mode == RouterMode.NatPmp) // upnpc would look around for eight seconds
        {
            await host.LookAsync();
            Assert.Contains("no router answers NAT-PMP at 192.168.7.1. Switch on UPnP or NAT-PMP in the router", Assert.Single(host.Problems), StringComparison.Ordinal);
            Assert.All(host.Seen.Ports, state => Assert.Equal(MappingStage.Waiting, state.Stage));
            Assert.Equal(0, host.Meters.Gauge("provider_reach_router_up"));
            Assert.True(host.HasLease);
        }

        var solved = host.Log.Count("ReachSolved");
        home.Start();
        Assert.DoesNotContain("30001", home.Redirects, StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromMinutes(1));
        await host.LookAsync();

        Assert.Empty(host.Problems);
        Assert.All(host.Seen.Ports, state => Assert.Equal(MappingStage.Mapped, state.Stage));
        Assert.Equal("welcome", await home.AskFromTheInternetAsync(30_001, PortProtocol.Tcp));
        if (mode == RouterMode.NatPmp) Assert.Equal(solved + 1, host.Log.Count("ReachSolved"));
    }

    [NeedsRootFact("ip", "nft", "miniupnpd", "upnpc")]
    public async Task Look_MappingsOfOthers_AreLeftAloneAndToldOf()
    {
        var (home, host) = Start(RouterMode.Upnp);
        home.Map(home.Other, HomeNetwork.Neighbour, 5_000, 30_001); // another host has the port
        home.Map(home.Space, HomeNetwork.Host, 5_001, 30_002); // another program of this host
        home.Map(home.Space, HomeNetwork.Host, 30_003, 30_003); // by hand, just as it should be
        home.Map(home.Space, HomeNetwork.Host, 5_002, 5_002); // of no concern
        host.Run((30_001, PortProtocol.Tcp), (30_002, PortProtocol.Tcp), (30_003, PortProtocol.Tcp), (6_001, PortProtocol.Tcp));

        await host.LookAsync();
        await host.LookAsync();

        Assert.Equal(MappingStage.Taken, host.Port(30_001).Stage);
        Assert.Equal(MappingStage.Taken, host.Port(30_002).Stage);
        Assert.Equal(MappingStage.Foreign, host.Port(30_003).Stage);
        Assert.Equal(MappingStage.Refused, host.Port(6_001).Stage); // the router's own rules
        Assert.Contains(host.Problems, problem => problem.Contains("port 30001/tcp (web of akash1tenant/7/1/1/akash1provider) cannot be reached from outside: the router leads it to 192.168.7.21:5000 ('a game')", StringComparison.Ordinal));
        Assert.Contains(host.Problems, problem => problem.Contains("port 6001/tcp", StringComparison.Ordinal) && problem.Contains("the router refuses", StringComparison.Ordinal));
        Assert.Equal(3, host.Problems.Length);
        Assert.Equal(2, host.Meters.Gauge("provider_reach_ports", "state=taken"));
        // The tenant is told once of each.
        Assert.Equal(3, host.Notes.Of(Support.Build.Lease).Count);
        Assert.Contains("its port 30001/tcp cannot be reached from outside", host.Notes.Of(Support.Build.Lease)[0].Text, StringComparison.Ordinal);

        host.EndLease();
        await host.LookAsync();

        foreach (var theirs in new[] { "192.168.7.21:5000", "192.168.7.20:5001", "192.168.7.20:30003", "192.168.7.20:5002" }) Assert.Contains(theirs, home.Redirects, StringComparison.Ordinal);
        Assert.DoesNotContain(host.Seen.Ports, state => state.Port.Lease is not null);
    }

    [NeedsRootFact("ip", "nft", "miniupnpd", "upnpc")]
    [Trait(FaultRow.Trait, FaultRow.WayFromOutside)]
    public async Task Look_OutsideAddressChanges_IsToldUntilTheDnsFollows()
    {
        var (home, host) = Start(RouterMode.Upnp);
        await host.LookAsync();
        Assert.Empty(host.Problems);
        home.Renumber("198.20.113.77");

        await host.LookAsync();

        Assert.Contains(host.Problems, problem => problem.Contains($"{Name} leads to 198.20.113.2, this host is seen as 198.20.113.77: change the DNS record", StringComparison.Ordinal));
        Assert.Equal(1, host.Log.Count("AddressChanged"));
        Assert.All(host.Seen.Ports, state => Assert.Equal(MappingStage.Mapped, state.Stage));

        Lead(host, "198.20.113.77");
        await host.LookAsync();
        Assert.Empty(host.Problems);
    }

    [NeedsRootTheory("ip", "nft", "miniupnpd", "upnpc", "natpmpc")]
    [InlineData(RouterMode.Upnp)]
    [InlineData(RouterMode.NatPmp)]
    [Trait(FaultRow.Trait, FaultRow.WayFromOutside)]
    public async Task Look_RouterBehindCarrierGradeNat_IsToldWithTheFix(RouterMode mode)
    {
        var (_, host) = Start(mode, "100.64.9.2");
        host.Run((30_001, PortProtocol.Tcp));

        await host.LookAsync();

        // This router program names no address that the internet does not reach, and maps nothing.
        Assert.Contains(host.Problems, problem => problem.Contains("behind carrier-grade NAT or another router", StringComparison.Ordinal) && problem.Contains("Ask the access provider for a public address", StringComparison.Ordinal));
        Assert.All(host.Seen.Ports, state => Assert.Equal(MappingStage.Refused, state.Stage));
        Assert.Single(host.Problems); // not one for each port besides
        Assert.Equal(1, host.Meters.Gauge("provider_reach_behind_another_router"));
        Assert.Equal(0, host.Meters.Gauge("provider_reach_address_known"));
        Assert.True(host.HasLease);
    }

    [NeedsRootFact("ip", "nft", "miniupnpd", "natpmpc", "upnpc")]
    public async Task Look_ByNatPmp_MapsAndGivesUp()
    {
        var (home, host) = Start(RouterMode.NatPmp);
        home.Other.Exec("natpmpc", "-g", "192.168.7.1", "-a", "30002", "30002", "tcp", "600");
        host.Run((30_001, PortProtocol.Tcp), (30_002, PortProtocol.Tcp), (30_003, PortProtocol.Udp));

        await host.LookAsync();

        Assert.Equal(MappingStage.Mapped, host.Port(30_001).Stage);
        Assert.Equal(MappingStage.Taken, host.Port(30_002).Stage);
        Assert.Equal("welcome", await home.AskFromTheInternetAsync(30_001, PortProtocol.Tcp));
        Assert.Equal("hello", await home.AskFromTheInternetAsync(30_003, PortProtocol.Udp));
        Assert.Contains("192.168.7.21:30002", home.Redirects, StringComparison.Ordinal);
        Assert.DoesNotContain("192.168.7.20:30002", home.Redirects, StringComparison.Ordinal); // the other port that was offered is given back

        host.EndLease();
        await host.LookAsync();
        Assert.DoesNotContain("192.168.7.20:30001", home.Redirects, StringComparison.Ordinal);
        Assert.Contains("192.168.7.20:8443", home.Redirects, StringComparison.Ordinal);
    }

    [NeedsRootFact("ip", "nft", "miniupnpd", "natpmpc", "upnpc")]
    public async Task Look_DeviceThatIsNotTheRouter_IsNotAsked()
    {
        var (home, host) = Start(RouterMode.Upnp);
        // The default route leads elsewhere; the one that answers is a stranger then.
        home.Space.Ip("route replace default via 192.168.7.21");

        await host.LookAsync();

        Assert.Contains("192.168.7.1 calls itself a router, but the default route leads to 192.168.7.21", Assert.Single(host.Problems), StringComparison.Ordinal);
        Assert.DoesNotContain(HomeNetwork.Host, home.Redirects, StringComparison.Ordinal);
    }

    private (HomeNetwork Home, ReachHost Host) Start(RouterMode mode, string outside = "198.20.113.2")
    {
        var home = _home = new(outside);
        var host = _host = new(_time, home.Space);
        host.Options.CurrentValue.Router = mode;
        Lead(host, outside);
        return (home, host);
    }

    private static void Lead(ReachHost host, string address) => host.Dns.Addresses[Name] = host.Dns.Addresses[Below] = [address];
}
