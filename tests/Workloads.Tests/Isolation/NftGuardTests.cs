using System.Net;
using System.Net.Sockets;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Isolation;

/// <summary>The table on a real kernel, in a network namespace of its own.</summary>
public sealed class NftGuardTests : IDisposable
{
    private const string Table = "inet " + NetworkGuardRules.Table;

    private static readonly NetworkLimits Limits = new(4_000, 100, 1_000_000, 1_000_000);

    private readonly ManualTimeProvider _time = new();
    private readonly Lazy<NetworkSpace> _space = new();
    private readonly Lazy<NftGuard> _guard;

    public NftGuardTests() => _guard = new(CreateSut);

    public void Dispose()
    {
        if (_guard.IsValueCreated) _guard.Value.Dispose();
        if (_space.IsValueCreated) _space.Value.Dispose();
    }

    [NeedsRootFact("nft", "ip")]
    public async Task Ensure_Again_LoadsNothing()
    {
        Assert.True(await EnsureAsync("lt-00000001"));

        Assert.False(await EnsureAsync("lt-00000001"));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.False(await EnsureAsync("lt-00000001"));
    }

    [Trait(FaultRow.Trait, FaultRow.NetworkTaken)]
    [NeedsRootTheory("nft", "ip")]
    [InlineData("flush ruleset")]
    [InlineData($"delete table {Table}")]
    [InlineData($"flush table {Table}")]
    [InlineData($"flush chain {Table} from_lease")]
    [InlineData($"insert rule {Table} forward accept")]
    [InlineData($"delete table {Table}; add table {Table}; add chain {Table} forward {{ type filter hook forward priority -10; }}")]
    [InlineData($"flush chain {Table} input")]
    public async Task Ensure_SomethingElseChangedTheTable_LoadsItAnew(string command)
    {
        await EnsureAsync("lt-00000001");
        var before = Rules();
        _space.Value.Nft(command);
        Assert.NotEqual(before, _space.Value.Nft("-s -t list ruleset"));

        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.True(await EnsureAsync("lt-00000001"));

        Assert.Equal(Unmarked(before), Unmarked(Rules()));
    }

    [NeedsRootFact("nft", "ip")]
    public async Task Ensure_ElementTakenAwayByHand_ComesBack()
    {
        await EnsureAsync("lt-00000001");
        _space.Value.Nft($"flush set {Table} same_lease");

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(await EnsureAsync("lt-00000001"));

        Assert.Contains("lt-00000001", _space.Value.Nft($"list set {Table} same_lease"), StringComparison.Ordinal);
    }

    [NeedsRootFact("nft", "ip")]
    public async Task Ensure_LeaseResolverAndPortsComeAndGo_NobodysMetersAreTouched()
    {
        await EnsureAsync("lt-00000001");
        Meter("lt-00000001");

        Assert.False(await EnsureAsync("lt-00000001", "lt-00000002"));
        Meter("lt-00000002");
        Assert.False(await _guard.Value.EnsureAsync(
            Rules("lt-00000001") with
            {
                PrivateResolvers = [IPAddress.Parse("192.168.1.53")],
                WatchedAddresses = [IPAddress.Parse("203.0.113.7")],
                SharedPorts = [new(IPAddress.Any, 30_001, PortProtocol.Tcp, [IPEndPoint.Parse("10.213.0.2:80"), IPEndPoint.Parse("10.213.0.3:80")])],
            },
            CancellationToken.None));

        // The kernel itself takes back the count of open connections as soon as there are none.
        Assert.All(NftTable.Meters.Except(["open"]), set => Assert.Contains("lt-00000001", _space.Value.Nft($"list set {Table} {set}"), StringComparison.Ordinal));
        Assert.All(NftTable.Meters, set => Assert.DoesNotContain("lt-00000002", _space.Value.Nft($"list set {Table} {set}"), StringComparison.Ordinal));
        Assert.Contains("numgen inc mod 2", _space.Value.Nft($"list chain {Table} shared_ports"), StringComparison.Ordinal);
    }

    [NeedsRootFact("nft", "ip")]
    public async Task Ensure_InANewProcess_TakesTheTableOverWithItsMeters()
    {
        await EnsureAsync("lt-00000001", "lt-00000002");
        Meter("lt-00000001");
        Meter("lt-00000002");

        using var next = CreateSut();
        Assert.False(await next.EnsureAsync(Rules("lt-00000001"), CancellationToken.None));

        Assert.Contains("lt-00000001", _space.Value.Nft($"list set {Table} rate"), StringComparison.Ordinal);
        Assert.DoesNotContain("lt-00000002", _space.Value.Nft($"list set {Table} rate"), StringComparison.Ordinal);
    }

    [NeedsRootFact("nft", "ip")]
    public async Task Ensure_EndedBetweenLoadingAndMarking_TrustsNothing()
    {
        await EnsureAsync("lt-00000001");
        var mark = Rules().Split('\n').Single(line => line.Contains(NftTable.MarkPrefix, StringComparison.Ordinal)).Split(' ')[1];
        _space.Value.Nft($"delete chain {Table} {mark}");

        using var next = CreateSut();
        Assert.True(await next.EnsureAsync(Rules("lt-00000001"), CancellationToken.None));
    }

    [NeedsRootFact("nft", "ip")]
    public async Task Ensure_OtherLimits_AreLoaded()
    {
        await EnsureAsync("lt-00000001");

        Assert.True(await _guard.Value.EnsureAsync(Rules("lt-00000001") with { Limits = NetworkLimits.None }, CancellationToken.None));

        Assert.DoesNotContain("ct count", Rules(), StringComparison.Ordinal);
    }

    [NeedsRootFact("nft", "ip")]
    public async Task Read_GivesWhatWasCounted()
    {
        await EnsureAsync("lt-00000001");
        _space.Value.Nft($$"""add element {{Table}} tally { "lt-00000001" . 8 counter packets 3 bytes 180, "lt-00000001" . 999 counter packets 1 bytes 1, "eth0" . 8 counter packets 5 bytes 1 }""");

        Assert.Equal([new GuardCount("lt-00000001", GuardTally.Mail, 3)], await _guard.Value.ReadAsync(CancellationToken.None));
    }

    [NeedsRootFact("nft", "ip")]
    public async Task Read_NoTable_IsUnknownAndNotEmpty() =>
        await Assert.ThrowsAsync<NetworkGuardException>(() => _guard.Value.ReadAsync(CancellationToken.None));

    [Trait(FaultRow.Trait, FaultRow.NetworkTaken)]
    [NeedsRootFact("nft", "ip")]
    public async Task Ensure_AllRulesOfTheHostWereFlushed_TenantsReachTheOutsideAsThisHost_WithoutTheEnginesOwnRules()
    {
        var host = _space.Value;
        using var tenant = new NetworkSpace();
        using var outside = new NetworkSpace();
        Plug("lt-00000001", "10.213.0.1/26", tenant, "10.213.0.2/26");
        tenant.Ip("route add default via 10.213.0.1");
        Plug("wan", "203.0.113.1/24", outside, "203.0.113.77/24"); // it knows no way to the tenant's address
        host.Exec("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
        await EnsureAsync("lt-00000001");
        host.Nft("flush ruleset");
        _time.Advance(TimeSpan.FromSeconds(3));

        await EnsureAsync("lt-00000001");

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        using var listener = outside.Within(() => new TcpListener(IPAddress.Any, 80));
        outside.Within(() =>
        {
            listener.Start();
            return true;
        });
        using var client = tenant.Within(() => new TcpClient(new IPEndPoint(IPAddress.Any, 0)));
        await client.ConnectAsync(IPAddress.Parse("203.0.113.77"), 80, patience.Token);
        using var served = await listener.AcceptTcpClientAsync(patience.Token);
        Assert.Equal(IPAddress.Parse("203.0.113.1"), ((IPEndPoint)served.Client.RemoteEndPoint!).Address);

        void Plug(string card, string address, NetworkSpace other, string othersAddress)
        {
            host.Join(card, other, "eth0");
            host.Ip($"addr add {address} dev {card}");
            host.Ip($"link set {card} up");
            other.Ip($"addr add {othersAddress} dev eth0");
            other.Ip("link set eth0 up");
        }
    }

    private NftGuard CreateSut() => new(new(TimeProvider.System) { Namespace = _space.Value.File }, _time);

    private static NetworkGuardRules Rules(params string[] bridges) => new(bridges, [], AllowMail: false) { Limits = Limits, WatchedPorts = [3333] };

    private Task<bool> EnsureAsync(params string[] bridges) => _guard.Value.EnsureAsync(Rules(bridges), CancellationToken.None);

    private string Rules() => _space.Value.Nft($"-s -t list table {Table}");

    // The mark follows the handles, and those are new.
    private static string Unmarked(string rules) => rules[..rules.IndexOf(NftTable.MarkPrefix, StringComparison.Ordinal)];

    /// <summary>What the kernel adds when the lease sends its first packets.</summary>
    private void Meter(string bridge) => _space.Value.Nft(
        $$"""
        add element {{Table}} rate { "{{bridge}}" limit rate over 100/second burst 1000 packets };
        add element {{Table}} open { "{{bridge}}" ct count over 4000 };
        add element {{Table}} up { "{{bridge}}" limit rate over 1000000 bytes/second burst 262144 bytes };
        add element {{Table}} down { "{{bridge}}" limit rate over 1000000 bytes/second burst 262144 bytes };
        add element {{Table}} tally { "{{bridge}}" . 6 counter packets 4 bytes 4 }
        """.ReplaceLineEndings(" "));
}
