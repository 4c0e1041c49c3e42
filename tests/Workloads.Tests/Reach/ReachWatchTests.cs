using ProviderAgent.Workloads.Tests.Ingress;
using HealthStatus = Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus;

namespace ProviderAgent.Workloads.Tests.Reach;

/// <summary>What the operator is told when the DNS, the address or the access provider changes. No router is asked here.</summary>
public sealed class ReachWatchTests : IDisposable
{
    private const string Name = "provider.example.com";
    private const string Below = "*.ingress.example.com";

    private readonly ManualTimeProvider _time = new();
    private readonly ReachHost _host;

    public ReachWatchTests()
    {
        _host = new(_time);
        _host.Network.Local = "198.20.113.7";
        Lead("198.20.113.7");
        _host.Run((30_001, PortProtocol.Tcp));
    }

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Look_NamesLeadHere_NothingToTell()
    {
        await _host.LookAsync();

        Assert.Empty(_host.Problems);
        Assert.All(_host.Seen.Names, name => Assert.Equal(NameStage.Here, name.Stage));
        Assert.Equal([Name, Below], _host.Seen.Names.Select(name => name.Name));
        Assert.Equal("198.20.113.7", _host.Seen.SeenAs?.ToString());
        Assert.Equal(HealthStatus.Healthy, await _host.HealthAsync());
        Assert.Equal(2, _host.Meters.Gauge("provider_reach_names", "state=here"));
        Assert.Null(_host.Meters.Gauge("provider_reach_router_up"));
        Assert.Empty(_host.Log.Entries);
    }

    [Fact]
    [Trait(FaultRow.Trait, FaultRow.WayFromOutside)]
    public async Task Look_AddressChanges_IsToldOnceUntilTheDnsFollows()
    {
        await _host.LookAsync();
        _host.Network.Local = "198.20.113.99";

        await _host.LookAsync();
        await _host.LookAsync();

        Assert.Contains(_host.Problems, problem => problem.StartsWith($"{Name} leads to 198.20.113.7, this host is seen as 198.20.113.99: change the DNS record", StringComparison.Ordinal));
        Assert.Contains(_host.Problems, problem => problem.Contains("changed from 198.20.113.7 to 198.20.113.99", StringComparison.Ordinal));
        Assert.Equal(1, _host.Log.Count("AddressChanged"));
        Assert.Equal(2, _host.Log.Count("ReachProblem")); // one for each name, once
        Assert.Equal(1, _host.Meters.Sum("provider_reach_address_changes_total"));
        Assert.Equal(2, _host.Meters.Gauge("provider_reach_names", "state=elsewhere"));
        Assert.Equal(HealthStatus.Degraded, await _host.HealthAsync());
        Assert.True(_host.HasLease);

        Lead("198.20.113.99");
        await _host.LookAsync();

        Assert.Empty(_host.Problems);
        Assert.Equal(2, _host.Log.Count("ReachSolved"));
        Assert.Equal(HealthStatus.Healthy, await _host.HealthAsync());
    }

    [Fact]
    [Trait(FaultRow.Trait, FaultRow.WayFromOutside)]
    public async Task Look_AddressChangesWhileTheDnsIsDown_IsToldTooAndSolvedLater()
    {
        await _host.LookAsync();
        _host.Network.Local = "198.20.113.99";
        _host.Dns.Spoil = answer => DnsServer.Answer(answer[..^0], 2, 0);

        await _host.LookAsync();

        Assert.All(_host.Seen.Names, name => Assert.Equal(NameStage.Unknown, name.Stage));
        Assert.All(_host.Problems, problem => Assert.Contains("changed from 198.20.113.7 to 198.20.113.99", problem, StringComparison.Ordinal));
        Assert.Equal(2, _host.Problems.Length);

        _host.Dns.Spoil = answer => answer;
        Lead("198.20.113.99");
        await _host.LookAsync();
        Assert.Empty(_host.Problems);
    }

    [Fact]
    [Trait(FaultRow.Trait, FaultRow.WayFromOutside)]
    public async Task Look_DnsIsDown_IsUnknownAndNeverWrong()
    {
        await _host.LookAsync();
        _host.Dns.Spoil = answer => DnsServer.Answer(answer[..^0], 2, 0); // server failure

        await _host.LookAsync();

        Assert.All(_host.Seen.Names, name => Assert.Equal(NameStage.Unknown, name.Stage));
        Assert.Empty(_host.Problems); // once is no outage
        await _host.LookAsync();
        Assert.All(_host.Problems, problem => Assert.Contains("cannot be found out now: the name server answers with code 2", problem, StringComparison.Ordinal));
        Assert.Equal(2, _host.Problems.Length);
        Assert.DoesNotContain(_host.Problems, problem => problem.Contains("change the DNS record", StringComparison.Ordinal));
        Assert.Equal(2, _host.Meters.Gauge("provider_reach_names", "state=unknown"));
        Assert.True(_host.HasLease);

        _host.Dns.Spoil = answer => answer;
        await _host.LookAsync();
        Assert.Empty(_host.Problems);
    }

    [Fact]
    [Trait(FaultRow.Trait, FaultRow.WayFromOutside)]
    public async Task Look_DnsIsSilent_IsGivenUpInTime()
    {
        _host.Dns.Spoil = _ => null;

        var look = _host.LookAsync();
        await Eventually.BecomesTrueAsync("both kinds of both names to be asked", () => _host.Dns.Packets == 4);
        _time.Advance(TimeSpan.FromSeconds(3));
        await look;

        Assert.All(_host.Seen.Names, name => Assert.Contains("did not answer within 3 s", name.Detail, StringComparison.Ordinal));
        Assert.All(_host.Seen.Names, name => Assert.Equal(NameStage.Unknown, name.Stage));
    }

    [Fact]
    [Trait(FaultRow.Trait, FaultRow.WayFromOutside)]
    public async Task Look_ManySilentNameServers_EndTogetherAfterTenSeconds()
    {
        _host.Dns.Spoil = _ => null;
        _host.Ingress.CurrentValue.Resolvers = [.. Enumerable.Repeat(_host.Dns.Endpoint.ToString(), 8)];

        var look = _host.LookAsync();
        for (var asked = 4; asked <= 16; asked += 4)
        {
            await Eventually.BecomesTrueAsync("the next server to be asked", () => _host.Dns.Packets == asked);
            _time.Advance(TimeSpan.FromSeconds(3));
        }

        await look;
        Assert.All(_host.Seen.Names, name => Assert.Equal(NameStage.Unknown, name.Stage));
    }

    [Fact]
    [Trait(FaultRow.Trait, FaultRow.WayFromOutside)]
    public async Task Look_OneHalfOfTheAnswerIsMissing_IsUnknown()
    {
        // IPv6 only is answered: who comes by IPv4 may well be led elsewhere.
        _host.Dns.Addresses[Name] = ["2001:db8::7"];
        _host.Dns.Spoil = answer => answer[^1] == 1 && answer[^3] == 1 ? DnsServer.Answer(answer[..^0], 2, 0) : answer;

        await _host.LookAsync();

        Assert.Equal(NameStage.Unknown, _host.Seen.Names.Single(name => name.Name == Name).Stage);
    }

    [Fact]
    [Trait(FaultRow.Trait, FaultRow.WayFromOutside)]
    public async Task Look_CarrierGradeNatAppears_IsToldWithTheFix()
    {
        await _host.LookAsync();
        _host.Network.Local = "100.71.2.3";

        await _host.LookAsync();

        var problem = Assert.Single(_host.Problems);
        Assert.Contains("100.71.2.3 of the access provider (carrier-grade NAT)", problem, StringComparison.Ordinal);
        Assert.Contains("Ask the access provider for a public address", problem, StringComparison.Ordinal);
        // With a tunnel the names lead to its other end: that is not wrong.
        Assert.All(_host.Seen.Names, name => Assert.Equal(NameStage.Untold, name.Stage));
        Assert.Equal(1, _host.Meters.Gauge("provider_reach_behind_another_router"));
        Assert.Equal(HealthStatus.Degraded, await _host.HealthAsync());
        Assert.True(_host.HasLease);
    }

    [Fact]
    public async Task Look_NameWithoutAddress_SaysWhatToSet()
    {
        _host.Dns.Addresses.Remove(Name);

        await _host.LookAsync();

        Assert.Equal($"{Name} has no address in the DNS: set an A record to 198.20.113.7", Assert.Single(_host.Problems));
        Assert.Equal(NameStage.Missing, _host.Seen.Names[0].Stage);
    }

    [Fact]
    public async Task Look_PrivateAddressAndNoRouterAsked_ClaimsNothing()
    {
        _host.Network.Local = "192.168.7.20";

        await _host.LookAsync();

        Assert.Empty(_host.Problems);
        Assert.All(_host.Seen.Names, name => Assert.Equal(NameStage.Untold, name.Stage));
        Assert.Contains(_host.Seen.Findings, finding => finding.Grade == HostFindingGrade.Tells && finding.Detail.Contains("reach.router is none", StringComparison.Ordinal));
        Assert.Null(_host.Seen.SeenAs);
    }

    [Fact]
    public async Task Look_PrivateName_IsInside()
    {
        _host.Network.Local = "192.168.7.20";
        Lead("192.168.7.20");

        await _host.LookAsync();

        Assert.Empty(_host.Problems);
        Assert.All(_host.Seen.Names, name => Assert.Equal(NameStage.Inside, name.Stage));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("gateway.localhost")]
    [InlineData("[::1]")]
    public async Task Look_Trial_IsQuietAndAsksNobody(string host)
    {
        (_host.Names.Value, _host.Names.IngressDomain) = (host, "ingress.localhost");
        _host.Network.Local = null;

        await _host.LookAsync();

        Assert.Empty(_host.Problems);
        Assert.Empty(_host.Log.Entries);
        Assert.Contains("this machine itself", Assert.Single(_host.Seen.Findings).Detail, StringComparison.Ordinal);
        Assert.Equal(0, _host.Dns.Packets);
    }

    [Theory]
    [InlineData("gpu-box")]
    [InlineData("gpu-box.lan")]
    [InlineData("provider.home.arpa")]
    public async Task Look_NameOfThisNetworkOnly_IsQuietAndAsksNobody(string host)
    {
        (_host.Names.Value, _host.Names.IngressDomain) = (host, "ingress." + host);

        await _host.LookAsync();

        Assert.Empty(_host.Problems);
        Assert.Contains("at most this network knows", Assert.Single(_host.Seen.Findings).Detail, StringComparison.Ordinal);
        Assert.Equal(0, _host.Dns.Packets);
    }

    [Theory]
    [InlineData("planet.example")]
    [InlineData("notlocalhost.org")]
    [InlineData("lan.example.org")]
    public async Task Look_NameThatOnlyLooksLocal_IsAskedFor(string host)
    {
        (_host.Names.Value, _host.Names.IngressDomain) = (host, "");

        await _host.LookAsync();

        Assert.Equal(2, _host.Dns.Packets);
    }

    [Theory]
    [InlineData("198.20.113.7", NameStage.Here)]
    [InlineData("198.20.100.1", NameStage.Elsewhere)]
    public async Task Look_AddressInPlaceOfAName_IsCompared(string host, NameStage expected)
    {
        (_host.Names.Value, _host.Names.IngressDomain) = (host, "");

        await _host.LookAsync();

        Assert.Equal(expected, Assert.Single(_host.Seen.Names).Stage);
        Assert.Equal(0, _host.Dns.Packets);
    }

    [Fact]
    public async Task Look_Ipv6RecordOfEarlierTimes_IsWrong()
    {
        _host.Network.Others = ["2606:4700::20"];
        _host.Dns.Addresses[Name] = ["198.20.113.7", "2606:4700::19"];

        await _host.LookAsync();

        Assert.Equal($"{Name} leads to 2606:4700::19, this host is seen as 2606:4700::20: change the DNS record", Assert.Single(_host.Problems));
    }

    [Fact]
    public async Task Look_NoDefaultRoute_IsTold()
    {
        _host.Network.Local = null;

        await _host.LookAsync();

        Assert.Contains("no default route", Assert.Single(_host.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Look_IngressOff_AsksForNoNameBelowIt()
    {
        _host.Ingress.CurrentValue.Mode = IngressMode.None;

        await _host.LookAsync();

        Assert.Equal(Name, Assert.Single(_host.Seen.Names).Name);
    }

    [Theory]
    [InlineData(5, 120, RouterMode.None, true)]
    [InlineData(4, 120, RouterMode.None, false)]
    [InlineData(60, 119, RouterMode.None, false)]
    [InlineData(60, 240, RouterMode.Auto, true)]
    [InlineData(61, 240, RouterMode.Auto, false)]
    [InlineData(3_601, 86_400, RouterMode.None, false)]
    [InlineData(60, 86_401, RouterMode.None, false)]
    public void Validate_Bounds_AreKept(int interval, int lease, RouterMode router, bool isGood) => Assert.Equal(
        isGood,
        new ReachOptionsValidator().Validate(null, new() { Interval = TimeSpan.FromSeconds(interval), MappingLease = TimeSpan.FromSeconds(lease), Router = router }).Succeeded);

    private void Lead(string address)
    {
        _host.Dns.Addresses[Name] = [address];
        _host.Dns.Addresses[Below] = [address];
    }
}
