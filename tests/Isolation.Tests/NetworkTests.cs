using ProviderAgent.Isolation.Tests.Support;

namespace ProviderAgent.Isolation.Tests;

/// <summary>Where a tenant's packets may go. Each refused address answers this host itself, so silence is the firewall's.</summary>
[Collection(PrisonCollection.Name)]
public sealed class NetworkTests(Prison prison)
{
    [IsolationTheory]
    [InlineData(Neighbourhood.Lan)]
    [InlineData(Neighbourhood.Metadata)]
    [InlineData(Neighbourhood.CarrierNat)]
    [InlineData(Neighbourhood.HostOnLan)]
    public async Task PrivateAddress_IsOutOfReach(string address)
    {
        Assert.Equal("hello from outside", await Neighbourhood.FetchAsync(address, Neighbourhood.Port));
        Assert.DoesNotContain("hello", await prison.FetchAsync(address, Neighbourhood.Port), StringComparison.Ordinal);
    }

    [IsolationFact]
    public async Task Internet_IsInReach() => Assert.Contains("hello from outside", await prison.FetchAsync(Neighbourhood.Internet, Neighbourhood.Port), StringComparison.Ordinal);

    [IsolationFact]
    public async Task MailPort_OfTheInternet_IsShut()
    {
        Assert.Equal("hello from outside", await Neighbourhood.FetchAsync(Neighbourhood.Internet, 25));
        Assert.DoesNotContain("hello", await prison.FetchAsync(Neighbourhood.Internet, 25), StringComparison.Ordinal);
    }

    [IsolationFact]
    public async Task Sibling_IsInReachByName() => Assert.Contains("hello from web", await prison.FetchAsync("web", 80), StringComparison.Ordinal);

    [IsolationFact]
    public async Task Host_ByTheGatewayOfTheLease_IsOutOfReach()
    {
        Assert.Equal("hello from outside", await Neighbourhood.FetchAsync(prison.Gateway, Neighbourhood.Port));
        Assert.DoesNotContain("hello", await prison.FetchAsync(prison.Gateway, Neighbourhood.Port), StringComparison.Ordinal);
    }

    [IsolationFact]
    public async Task Host_DoesNotEvenAnswerAPing() => Assert.Contains("100% packet loss", await prison.ShellAsync($"ping -c 1 -W 1 {prison.Gateway} 2>&1 || echo '100% packet loss'"), StringComparison.Ordinal);

    [IsolationFact]
    public async Task Neighbour_IsOutOfReach_ByItsAddressAndByItsPublishedPort()
    {
        Assert.Equal("hello from web\n", await Neighbourhood.FetchAsync(prison.VictimAddress, 80));
        Assert.DoesNotContain("hello", await prison.FetchAsync(prison.VictimAddress, 80), StringComparison.Ordinal);
        Assert.DoesNotContain("hello", await prison.FetchAsync(prison.Gateway, prison.VictimPort), StringComparison.Ordinal);
        Assert.DoesNotContain("hello", await prison.FetchAsync(Neighbourhood.HostOnLan, prison.VictimPort), StringComparison.Ordinal);
    }

    [IsolationTheory]
    [InlineData("nslookup web.pa-neighbour 2>&1")]
    [InlineData("nslookup host.docker.internal 2>&1")]
    public async Task Names_OfOthers_AreUnknown(string line) => Assert.DoesNotContain("10.218.", (await prison.ShellAsync(line)).Replace(prison.Gateway, "", StringComparison.Ordinal), StringComparison.Ordinal);

    [IsolationTheory]
    [InlineData("ip addr add 10.218.0.200/16 dev eth0")]
    [InlineData("ip route replace default via 10.218.0.1")]
    [InlineData("ip link set eth0 address 02:42:0a:00:00:01")]
    [InlineData("ip link set eth0 promisc on")]
    [InlineData("ip link add dummy0 type dummy")]
    [InlineData("arp -s 10.218.0.1 02:42:00:00:00:01")]
    [InlineData("echo 0 > /proc/sys/net/ipv6/conf/all/disable_ipv6")]
    [InlineData("ip -6 addr add fd00::1/64 dev eth0")]
    public async Task OwnInterface_CannotBeChanged(string line) =>
        Assert.EndsWith("refused\n", await prison.ShellAsync($"({line}) 2>&1 && echo reached || echo refused"), StringComparison.Ordinal);
}
