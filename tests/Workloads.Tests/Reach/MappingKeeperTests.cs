using System.Net;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads.Tests.Reach;

/// <summary>What is asked of a router and when, over one that does as a test says.</summary>
public sealed class MappingKeeperTests
{
    private static readonly HostNetwork Network = At("192.168.7.20");
    private static readonly TimeSpan Lease = TimeSpan.FromHours(1);

    private readonly ManualTimeProvider _time = new();
    private readonly RouterOfATest _router = new();
    private MappingKeeper _keeper;

    public MappingKeeperTests() => _keeper = new(_time);

    [Fact]
    public async Task Keep_MappingOfLessThanHalfItsAge_IsNotAskedForAgain()
    {
        await KeepAsync(Port(30_001));
        _time.Advance(TimeSpan.FromMinutes(29));
        await KeepAsync(Port(30_001));
        Assert.Equal(["map 30001 to 192.168.7.20:30001"], _router.Asked);

        _time.Advance(TimeSpan.FromMinutes(2));
        var states = await KeepAsync(Port(30_001));

        Assert.Equal(2, _router.Asked.Count);
        Assert.Equal(_time.GetUtcNow() + Lease, Assert.Single(states).Until);
    }

    [Fact]
    public async Task Keep_RouterGivesLessTime_IsRenewedEarlier()
    {
        _router.Gives = TimeSpan.FromMinutes(10);
        await KeepAsync(Port(30_001));
        _time.Advance(TimeSpan.FromMinutes(5));

        await KeepAsync(Port(30_001));

        Assert.Equal(2, _router.Asked.Count);
    }

    [Fact]
    public async Task Keep_RouterThatKnowsNoTime_IsNotAskedAgainWhileItListsIt()
    {
        _router.Gives = TimeSpan.Zero;
        await KeepAsync(Port(30_001));
        _time.Advance(TimeSpan.FromDays(2));

        var state = Assert.Single(await KeepAsync(Port(30_001)));

        Assert.Single(_router.Asked);
        Assert.Equal((MappingStage.Mapped, null), (state.Stage, state.Until));
    }

    [Fact]
    public async Task Keep_MappingIsGoneFromAWholeList_IsMadeAgainAtOnce()
    {
        await KeepAsync(Port(30_001));
        _router.Entries.Clear();

        await KeepAsync(Port(30_001));

        Assert.Equal(2, _router.Asked.Count);
    }

    [Fact]
    public async Task Keep_ListThatBreaksOff_SaysNothingOfWhatItLacks()
    {
        await KeepAsync(Port(30_001), Port(30_002));
        _router.Entries.Clear();
        _router.IsWhole = false;

        await KeepAsync(Port(30_001));

        // What is not wanted any more is given up by our own notes; what is wanted counts as mapped.
        Assert.Equal(["map 30001 to 192.168.7.20:30001", "map 30002 to 192.168.7.20:30002", "unmap 30002"], _router.Asked);
    }

    [Fact]
    public async Task Keep_LeaseEnds_OnlyItsOwnIsGivenUp()
    {
        _router.Entries.Add(new(5_000, PortProtocol.Tcp, IPEndPoint.Parse("192.168.7.20:5000"), "a game"));
        _router.Entries.Add(new(5_001, PortProtocol.Tcp, IPEndPoint.Parse("192.168.7.21:5001"), "provider-agent 192.168.7.21")); // the other host's
        _router.Entries.Add(new(5_002, PortProtocol.Tcp, IPEndPoint.Parse("192.168.7.9:5002"), "provider-agent 192.168.7.20")); // not where ours lead
        await KeepAsync(Port(30_001));

        for (var i = 0; i < 3; i++)
        {
            await KeepAsync();
            _time.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(["map 30001 to 192.168.7.20:30001", "unmap 30001"], _router.Asked);
        Assert.Equal([5_000, 5_001, 5_002], _router.Entries.Select(entry => entry.OutsidePort));
    }

    [Fact]
    public async Task Keep_LeftOverOfAnEarlierRun_GoesAfterAWhile()
    {
        await KeepAsync(Port(30_001));
        _keeper = new(_time); // the daemon starts anew, and the lease is over meanwhile

        await KeepAsync();
        _time.Advance(TimeSpan.FromMinutes(9));
        await KeepAsync();
        Assert.Single(_router.Asked); // the market may not have been read yet
        _time.Advance(TimeSpan.FromMinutes(1));
        await KeepAsync();

        Assert.Equal("unmap 30001", _router.Asked[^1]);
        Assert.Empty(_router.Entries);
    }

    [Fact]
    public async Task Keep_StartsAnewWithTheSamePorts_AsksOnceAndRemovesNothing()
    {
        await KeepAsync(Port(30_001));
        _keeper = new(_time);

        await KeepAsync(Port(30_001));
        await KeepAsync(Port(30_001));

        Assert.Equal(["map 30001 to 192.168.7.20:30001", "map 30001 to 192.168.7.20:30001"], _router.Asked);
    }

    [Fact]
    public async Task Keep_PortsNotAllKnownYet_RemovesNothing()
    {
        await KeepAsync(Port(30_001));

        await KeepAsync(isAll: false);

        Assert.Single(_router.Asked);
        await KeepAsync(Port(30_001));
        Assert.Single(_router.Asked);
    }

    [Fact]
    [Trait(FaultRow.Trait, FaultRow.WayFromOutside)]
    public async Task Keep_HostGetsAnotherAddress_MappingsFollowIt()
    {
        await KeepAsync(Port(30_001));

        var state = Assert.Single(await _keeper.KeepAsync(_router, _router.Look, At("192.168.7.33"), [Port(30_001)], isAll: true, Lease, default));

        Assert.Equal(MappingStage.Mapped, state.Stage);
        Assert.Equal(["map 30001 to 192.168.7.20:30001", "unmap 30001", "map 30001 to 192.168.7.33:30001"], _router.Asked);
    }

    [Fact]
    public async Task Keep_RouterFallsSilent_IsNotAskedForTheRest()
    {
        _router.Fails = new("the router did not answer") { IsSilent = true };

        var states = await KeepAsync(Port(30_001), Port(30_002), Port(30_003));

        Assert.Single(_router.Asked);
        Assert.All(states, state => Assert.Equal((MappingStage.Waiting, "the router did not answer"), (state.Stage, state.Detail)));
    }

    [Fact]
    public async Task Keep_RouterIsOddAboutOnePort_TheOthersGoOn()
    {
        _router.Fails = new("the router took the mapping, but does not show it afterwards");

        var states = await KeepAsync(Port(30_001), Port(30_002));

        Assert.Equal(2, _router.Asked.Count);
        Assert.All(states, state => Assert.Equal(MappingStage.Refused, state.Stage));
    }

    [Fact]
    public async Task Keep_NoAddress_AsksNobody()
    {
        var states = await _keeper.KeepAsync(_router, _router.Look, new(null, null, []), [Port(30_001)], isAll: true, Lease, default);

        Assert.Equal(MappingStage.Waiting, Assert.Single(states).Stage);
        Assert.Empty(_router.Asked);
    }

    [Fact]
    public async Task Keep_PortsAddressOfItsOwn_IsWhereMappingsLead()
    {
        await KeepAsync(Port(30_001) with { Listener = IPEndPoint.Parse("192.168.7.22:30001") });

        Assert.Equal(["map 30001 to 192.168.7.22:30001"], _router.Asked);
    }

    private Task<ValueList<PortState>> KeepAsync(params WantedPort[] ports) => KeepAsync(isAll: true, ports);

    private Task<ValueList<PortState>> KeepAsync(bool isAll, params WantedPort[] ports) =>
        _keeper.KeepAsync(_router, _router.Look, Network, [.. ports], isAll, Lease, default);

    private static WantedPort Port(int port) => new(port, PortProtocol.Tcp, new(IPAddress.Any, port), "web");

    private static HostNetwork At(string address) => new(IPAddress.Parse(address), IPAddress.Parse("192.168.7.1"), [IPAddress.Parse(address)]);

    private sealed class RouterOfATest : IRouter
    {
        public string Protocol => "upnp";

        public List<string> Asked { get; } = [];

        public List<RouterEntry> Entries { get; } = [];

        public TimeSpan? Gives { get; set; }

        public bool IsWhole { get; set; } = true;

        public RouterException? Fails { get; set; }

        public RouterLook Look => new(Protocol, IPAddress.Parse("198.20.113.2"), [.. Entries], IsWhole, WasRestarted: false);

        public Task<RouterLook> LookAsync(HostNetwork network, CancellationToken ct) => Task.FromResult(Look);

        public Task<RouterGrant> MapAsync(HostNetwork network, int outsidePort, PortProtocol protocol, IPEndPoint target, TimeSpan lifetime, CancellationToken ct)
        {
            Asked.Add($"map {outsidePort} to {target}");
            if (Fails is not null) throw Fails;
            Entries.RemoveAll(entry => entry.OutsidePort == outsidePort);
            Entries.Add(new(outsidePort, protocol, target, UpnpRouter.Description(target.Address)));
            return Task.FromResult<RouterGrant>(new RouterGrant.Given(Gives ?? lifetime));
        }

        public Task UnmapAsync(HostNetwork network, int outsidePort, PortProtocol protocol, IPEndPoint target, CancellationToken ct)
        {
            Asked.Add($"unmap {outsidePort}");
            Entries.RemoveAll(entry => entry.OutsidePort == outsidePort);
            return Task.CompletedTask;
        }
    }
}
