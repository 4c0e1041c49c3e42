using System.Diagnostics;
using System.Net;

namespace ProviderAgent.Workloads.Tests.Isolation;

public sealed class NetworkGuardRulesTests
{
    [NeedsTheory("nft")]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(300, false)]
    public async Task Rules_AnyNumberOfLeases_IsAcceptedByNft(int leases, bool allowMail)
    {
        var bridges = Enumerable.Range(0, leases).Select(i => $"lt-{i:x8}").ToArray();
        var script = NftTable.Load(new(bridges, [IPAddress.Parse("192.168.1.1")], allowMail)
        {
            Limits = leases == 1 ? new(4_000, 100, 125_000_000, 1) : NetworkLimits.None,
            WebPorts = leases == 0 ? [] : [80, 443],
            OwnPorts = [.. bridges.Select((bridge, i) => new OwnPort(bridge, (PortProtocol)(i % 2), 30_000 + i))],
            WatchedPorts = leases == 0 ? [] : [3333, 4444, 3333],
            WatchedAddresses = leases == 0 ? [] : [IPAddress.Parse("203.0.113.9")],
            SharedPorts = [.. Enumerable.Range(0, leases).Select(i => new SharedPort(
                i % 2 == 0 ? IPAddress.Any : IPAddress.Parse("198.51.100.1"), 30_000 + i, (PortProtocol)(i % 2), i % 3 == 0 ? [IPEndPoint.Parse("10.213.0.2:80")] : [IPEndPoint.Parse("10.213.0.2:80"), IPEndPoint.Parse("10.213.0.3:81")]))],
        });

        using var nft = Process.Start(new ProcessStartInfo("nft", ["--check", "-f", "-"]) { RedirectStandardInput = true, RedirectStandardError = true })!;
        await nft.StandardInput.WriteAsync(script);
        nft.StandardInput.Close();
        var said = await nft.StandardError.ReadToEndAsync();
        await nft.WaitForExitAsync();

        Assert.True(nft.ExitCode == 0, $"{said}\n{script}");
    }

    [Theory]
    [InlineData("eth0")]
    [InlineData("lt-")]
    [InlineData("lt-0123456")]
    [InlineData("lt-0123456789")]
    [InlineData("lt-0123456G")]
    [InlineData("lt-ABCDEF01")]
    [InlineData("lt-\"; }; fl")]
    [InlineData("lt-0000000\n")]
    public void Rules_NotTheBridgeOfALease_IsRefused(string bridge) =>
        Assert.Throws<ArgumentException>(new NetworkGuardRules([bridge], [], false).Check);

    [Theory]
    [InlineData(22)]
    [InlineData(0)]
    [InlineData(1_023)]
    [InlineData(65_536)]
    public void Rules_PortThatMayBeTheHosts_IsNeverOpenedToTenants(int port)
    {
        Assert.Throws<ArgumentException>((new NetworkGuardRules([], [], false) with { WebPorts = [port] }).Check);
        Assert.Throws<ArgumentException>((new NetworkGuardRules([], [], false) with { OwnPorts = [new("lt-00000001", PortProtocol.Tcp, port)] }).Check);
        Assert.Throws<ArgumentException>((new NetworkGuardRules([], [], false) with { OwnPorts = [new("eth0", PortProtocol.Tcp, 30_000)] }).Check);
    }

    [Fact]
    public void Rules_ResolverOverIpv6_IsRefused() =>
        Assert.Throws<ArgumentException>(new NetworkGuardRules([], [IPAddress.IPv6Loopback], false).Check);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rules_Mail_IsShutUnlessAllowed(bool allowed) =>
        Assert.Equal(!allowed, NftTable.Load(new([], [], allowed)).Contains("{ 25, 465, 587 } goto mail", StringComparison.Ordinal));
}
