using System.Net;

namespace ProviderAgent.Workloads.Tests.Reach;

/// <summary>What follows from what a router says of itself; the program in the other tests keeps such addresses to itself, others do not.</summary>
public sealed class ReachJudgeTests
{
    private static readonly HostNetwork Network = new(IPAddress.Parse("192.168.7.20"), IPAddress.Parse("192.168.7.1"), [IPAddress.Parse("192.168.7.20")]);

    [Theory]
    [InlineData("100.64.9.2", "100.64.9.2 of the access provider (carrier-grade NAT): nobody outside reaches it, mappings do not help. Ask the access provider for a public address")]
    [InlineData("192.0.0.2", "carrier-grade NAT")]
    [InlineData("192.168.1.2", "the private address 192.168.1.2, so another router stands before it: forward the ports there too")]
    [InlineData("10.4.4.4", "bridge mode")]
    [Trait(FaultRow.Trait, FaultRow.WayFromOutside)]
    public void Judge_RouterHasNoPublicAddress_SaysWhatHelps(string outside, string expected)
    {
        var facts = Facts(outside, new NameLookup.Found([IPAddress.Parse("198.20.113.2")]));

        var (names, findings) = ReachJudge.Judge(facts);

        Assert.Contains(findings, finding => finding.Grade == HostFindingGrade.Warns && finding.Detail.Contains(expected, StringComparison.Ordinal));
        // The other end of a tunnel, or the wrong address: from here it cannot be told.
        Assert.Equal(NameStage.Untold, Assert.Single(names).Stage);
        Assert.True(facts.IsBehindAnother);
        Assert.Null(facts.SeenAs);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    public void Judge_NameLeadsNowhere_IsWrongWhateverOursIs(string address)
    {
        var (names, _) = ReachJudge.Judge(Facts("100.64.9.2", new NameLookup.Found([IPAddress.Parse(address)])));

        Assert.Equal(NameStage.Elsewhere, Assert.Single(names).Stage);
    }

    [Fact]
    public void Judge_OneOfSeveralAddressesIsStrange_IsTold()
    {
        var (names, _) = ReachJudge.Judge(Facts("198.20.113.2", new NameLookup.Found([IPAddress.Parse("198.20.113.2"), IPAddress.Parse("198.20.113.3")])));

        Assert.Equal("provider.example.com leads to 198.20.113.3, this host is seen as 198.20.113.2: change the DNS record", Assert.Single(names).Detail);
    }

    [Fact]
    public void Judge_RouterKeepsMappingsForEver_IsTold()
    {
        var port = new WantedPort(8443, PortProtocol.Tcp, IPEndPoint.Parse("0.0.0.0:8443"), "gateway");
        var (_, findings) = ReachJudge.Judge(Facts("198.20.113.2", new NameLookup.Found([IPAddress.Parse("198.20.113.2")])) with { Ports = [new(port, MappingStage.Mapped, null, null)] });

        Assert.Contains(findings, finding => finding.Grade == HostFindingGrade.Tells && finding.Detail.Contains("for ever", StringComparison.Ordinal));
        Assert.DoesNotContain(findings, finding => finding.Grade >= HostFindingGrade.Warns);
    }

    [Fact]
    public void Judge_NoRouterAnswersAndNoneIsNeeded_OnlyTells()
    {
        var facts = Facts(null, new NameLookup.Found([IPAddress.Parse("198.20.113.2")])) with
        {
            Network = new(IPAddress.Parse("198.20.113.2"), IPAddress.Parse("198.20.113.1"), [IPAddress.Parse("198.20.113.2")]),
            Router = new(null, null, "no router answers UPnP at 198.20.113.1"),
        };

        var (_, findings) = ReachJudge.Judge(facts);

        Assert.DoesNotContain(findings, finding => finding.Grade >= HostFindingGrade.Warns);
        Assert.Contains(findings, finding => finding.Detail.Contains("set reach.router to none", StringComparison.Ordinal));
    }

    private static ReachFacts Facts(string? outside, NameLookup lookup) => new()
    {
        Network = Network,
        Router = new("upnp", outside is null ? null : IPAddress.Parse(outside), null),
        Host = "provider.example.com",
        Names = [new("provider.example.com", lookup, 0)],
    };
}
