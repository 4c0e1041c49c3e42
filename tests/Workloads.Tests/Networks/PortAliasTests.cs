using System.Net;
using ProviderAgent.Manifests;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Networks;

/// <summary>Ports under which siblings reach a service, and ports of the host that several replicas share.</summary>
public sealed class PortAliasTests
{
    [Fact]
    public void Read_WhatJoinWrites_IsTheSame()
    {
        ValueList<PortAlias> ports = [new(80, 8080, PortProtocol.Tcp), new(53, 5353, PortProtocol.Udp), new(65_535, 1, PortProtocol.Tcp)];

        Assert.Equal(ports, PortAlias.Read(PortAlias.Join(ports)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("80:8080")]
    [InlineData("80:8080/sctp")]
    [InlineData("0:8080/tcp")]
    [InlineData("80:65536/tcp")]
    [InlineData("80:-1/tcp")]
    [InlineData("80:80:80/tcp")]
    [InlineData("80:8080/tcp; flush ruleset")]
    public void Read_LabelChangedByHand_IsLeftOut(string? text) => Assert.Empty(PortAlias.Read(text));

    [Fact]
    public void Aliases_SamePortOverBothProtocols_AreBothMapped()
    {
        var service = Build.Service() with
        {
            Expose =
            [
                new ServiceExpose { Port = 5353, ExternalPort = 53, Proto = ServiceExpose.Udp },
                new ServiceExpose { Port = 5354, ExternalPort = 53, Proto = ServiceExpose.Tcp },
                new ServiceExpose { Port = 9999, ExternalPort = 53, Proto = ServiceExpose.Tcp },
                new ServiceExpose { Port = 8080, ExternalPort = 8081, Proto = ServiceExpose.Tcp, Global = true },
                new ServiceExpose { Port = 80, Proto = ServiceExpose.Tcp },
            ],
        };

        Assert.Equal([new PortAlias(53, 5353, PortProtocol.Udp), new(53, 5354, PortProtocol.Tcp), new(8081, 8080, PortProtocol.Tcp)], ContainerSpecBuilder.Aliases(service));
    }

    [Fact]
    public void Script_NoPorts_OnlyTakesAway()
    {
        var script = NftPortMapper.Script(Map());

        Assert.Contains("delete table inet provider_agent_ports", script, StringComparison.Ordinal);
        Assert.DoesNotContain("redirect", script, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 80)]
    [InlineData(80, 0)]
    [InlineData(65_536, 80)]
    [InlineData(80, 70_000)]
    public void Script_NoPort_IsRefused(int port, int containerPort) => Assert.Throws<ArgumentException>(() => NftPortMapper.Script(Map(new PortAlias(port, containerPort, PortProtocol.Tcp))));

    [Fact]
    public void Share_OnlyReplicasThatRun_TakeTurns()
    {
        var leases = new[] { new ActualLease(Build.Lease, [Replica(0), Replica(1), Replica(2) with { Condition = ContainerCondition.Exited }, Replica(3) with { Network = null }], [], []) };

        var shared = Assert.Single(TenantGuard.Share(leases, IPAddress.Any));

        Assert.Equal(new(IPAddress.Any, 30_001, PortProtocol.Tcp, [IPEndPoint.Parse("10.213.0.2:80"), IPEndPoint.Parse("10.213.0.3:80")]), shared);
    }

    [Fact]
    public void Share_UpdateMovesThePortInside_EachReplicaIsReachedWhereItListens()
    {
        var updated = Replica(1) with { HostPorts = [new(30_001, 8080, PortProtocol.Tcp)] };

        var shared = Assert.Single(TenantGuard.Share([new(Build.Lease, [Replica(0), updated], [], [])], IPAddress.Any));

        Assert.Equal([IPEndPoint.Parse("10.213.0.2:80"), IPEndPoint.Parse("10.213.0.3:8080")], shared.Replicas);
    }

    [Fact]
    public void Share_OneReplica_IsTheEnginesOwnAffair() => Assert.Empty(TenantGuard.Share([new(Build.Lease, [Replica(0)], [], [])], IPAddress.Any));

    [Fact]
    public void Share_OnLoopback_IsTheEnginesOwnAffair() => Assert.Empty(TenantGuard.Share([new(Build.Lease, [Replica(0), Replica(1)], [], [])], IPAddress.Loopback));

    private static ActualContainer Replica(int replica) => new()
    {
        Id = $"id-{replica}",
        Name = $"web-{replica}",
        Service = "web",
        Replica = replica,
        SpecHash = "",
        Condition = ContainerCondition.Running,
        HostPorts = [new(30_001, 80, PortProtocol.Tcp)],
        Network = new(IPAddress.Parse($"10.213.0.{replica + 2}"), IPNetwork.Parse("10.213.0.0/26"), IPAddress.Parse("10.213.0.1")),
    };

    private static ContainerPortMap Map(params PortAlias[] ports) => new(new('a', 64), 5, IPNetwork.Parse("10.213.0.0/26"), IPAddress.Parse("10.213.0.1"), [.. ports]);
}
