using System.Net;
using ProviderAgent.Workloads.Tests.Support;

namespace ProviderAgent.Workloads.Tests.Reach;

/// <summary>The host's own place in its network, from the kernel's tables.</summary>
public sealed class HostNetworkReaderTests
{
    private const string Head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";

    [Theory]
    [InlineData("eth0\t00000000\t0107A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0", "eth0", "192.168.7.1")]
    [InlineData("eth0\t0007A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\nwlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\neth0\t00000000\t0107A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0", "eth0", "192.168.7.1")]
    [InlineData("ppp0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0", "ppp0", null)]
    public void DefaultRoute_Table_IsTheOneWithTheLowestMetric(string lines, string card, string? gateway)
    {
        var route = HostNetworkReader.DefaultRoute(Head + lines + "\n");

        Assert.Equal(card, route?.Card);
        Assert.Equal(gateway, route?.Gateway?.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData(Head)]
    [InlineData(Head + "eth0\t0007A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n")] // only its own network
    [InlineData(Head + "eth0\t00000000\t0107A8C0\t0002\t0\t0\t100\t00000000\t0\t0\t0\n")] // down
    [InlineData(Head + "lo\t00000000\t00000000\t0201\t0\t0\t100\t00000000\t0\t0\t0\n")] // unreachable
    [InlineData(Head + "eth0\t00000000\tZZ07A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n")]
    public void DefaultRoute_NoneOrUnreadable_IsNone(string table) => Assert.Null(HostNetworkReader.DefaultRoute(table));

    [NeedsRootFact("ip")]
    public void Read_SpaceOfItsOwn_SeesItsAddressesAndItsRouter()
    {
        using var host = new NetworkSpace();
        using var router = new NetworkSpace();
        router.Join("lan0", host, "eth0");
        host.Ip("addr add 10.9.9.9/24 dev eth0");
        host.Ip("addr add 192.168.7.20/24 dev eth0");
        host.Ip("addr add 2001:db8::20/64 dev eth0 nodad");
        host.Ip("link set eth0 up");
        var offline = host.Within(() => new HostNetworkReader().Read());
        host.Ip("route add default via 192.168.7.1");

        var network = host.Within(() => new HostNetworkReader().Read());

        Assert.Null(offline.Local);
        Assert.Equal(IPAddress.Parse("192.168.7.20"), network.Local); // the one in the router's network, not the first
        Assert.Equal(IPAddress.Parse("192.168.7.1"), network.Gateway);
        Assert.Contains(IPAddress.Parse("10.9.9.9"), network.Own);
        Assert.Contains(IPAddress.Parse("2001:db8::20"), network.Own);
        Assert.DoesNotContain(IPAddress.Loopback, network.Own);
    }
}
