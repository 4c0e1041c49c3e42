using System.Diagnostics;
using System.Net;

namespace ProviderAgent.Workloads.Tests.Isolation;

public sealed class NetworkGuardRulesTests
{
    [NeedsTheory("nft")]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(300, false)]
    public async Task ToNftScript_AnyNumberOfLeases_IsAcceptedByNft(int leases, bool allowMail)
    {
        var bridges = Enumerable.Range(0, leases).Select(i => $"lt-{i:x8}").ToArray();
        var script = new NetworkGuardRules(bridges, [IPAddress.Parse("192.168.1.1")], allowMail).ToNftScript();

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
    public void ToNftScript_NotTheBridgeOfALease_IsRefused(string bridge) =>
        Assert.Throws<ArgumentException>(() => new NetworkGuardRules([bridge], [], false).ToNftScript());

    [Fact]
    public void ToNftScript_ResolverOverIpv6_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new NetworkGuardRules([], [IPAddress.IPv6Loopback], false).ToNftScript());

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ToNftScript_Mail_IsShutUnlessAllowed(bool allowed) =>
        Assert.Equal(allowed, !new NetworkGuardRules([], [], allowed).ToNftScript().Contains("465", StringComparison.Ordinal));
}
