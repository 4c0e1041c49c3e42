using ProviderAgent.Isolation.Tests.Support;
using ProviderAgent.Workloads;

namespace ProviderAgent.Isolation.Tests;

/// <summary>Addresses and names that are not the tenant's own, and what becomes of a firewall that somebody takes away.</summary>
[Collection(PrisonCollection.Name)]
public sealed class TrickTests(Prison prison)
{
    /// <summary>Even with the right to change its interface, which it has not, a lease could not speak as another one.</summary>
    [IsolationTheory]
    [InlineData("{victim}")]
    [InlineData("192.168.231.77")]
    [InlineData("203.0.113.99")]
    public async Task Source_OfSomebodyElse_IsRefused(string source)
    {
        source = source.Replace("{victim}", prison.VictimAddress, StringComparison.Ordinal);
        Assert.Contains("1 packets received", await prison.InsideAsync($"ping -c 1 -W 5 {Neighbourhood.Internet}"), StringComparison.Ordinal);
        var before = await prison.CountAsync(prison.Attacker, GuardTally.Forged);
        await prison.InsideAsync($"ip addr add {source}/32 dev eth0");
        try
        {
            var answer = await prison.InsideAsync($"ping -c 2 -W 1 -I {source} {Neighbourhood.Internet} || true");

            Assert.Contains(" 0 packets received", answer, StringComparison.Ordinal);
            Assert.True(await prison.CountAsync(prison.Attacker, GuardTally.Forged) > before);
        }
        finally
        {
            await prison.InsideAsync($"ip addr del {source}/32 dev eth0");
        }
    }

    [IsolationTheory]
    [InlineData("arping -c 1 -I eth0 {gateway}")]
    [InlineData("arping -U -c 1 -I eth0 {gateway}")]
    [InlineData("traceroute -n -I -m 1 203.0.113.77")]
    [InlineData("udhcpc -f -n -q -t 1 -T 1 -i eth0 -s /bin/true")]
    [InlineData("ip neigh add {gateway} lladdr 02:42:00:00:00:01 dev eth0")]
    [InlineData("ip neigh flush dev eth0")]
    [InlineData("ip rule add from all lookup 100")]
    [InlineData("tunctl")]
    [InlineData("brctl addbr mine")]
    [InlineData("ifconfig eth0 down")]
    [InlineData("hostname mine")]
    public async Task NeighbourTables_AndRawPackets_AreOutOfReach(string line) => Assert.EndsWith(
        "refused\n", await prison.ShellAsync($"({line.Replace("{gateway}", prison.Gateway, StringComparison.Ordinal)}) 2>&1 && echo reached || echo refused"), StringComparison.Ordinal);

    [IsolationFact]
    public async Task Ipv6_IsOff_AndRefusedEvenIfItWereOn()
    {
        Assert.DoesNotContain("eth0", await prison.ShellAsync("cat /proc/net/if_inet6"), StringComparison.Ordinal);
        await prison.InsideAsync("echo 0 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6");
        try
        {
            await Eventually.BecomesTrueAsync("the interface has an address", async () => (await prison.InsideAsync("cat /proc/net/if_inet6")).Contains("eth0", StringComparison.Ordinal));

            // All nodes of the link: the host's bridge has an address there, and siblings would have.
            await Eventually.BecomesTrueAsync("packets were sent", async () =>
            {
                var answer = await prison.InsideAsync("ping -6 -c 1 -W 1 -I eth0 ff02::1 || true");
                Assert.DoesNotContain(" 1 packets received", answer, StringComparison.Ordinal);
                return answer.Contains("1 packets transmitted", StringComparison.Ordinal);
            });
        }
        finally
        {
            await prison.InsideAsync("echo 1 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6");
        }
    }

    [IsolationFact]
    public async Task Name_ThatLeadsToTheLan_OpensNothing()
    {
        await prison.ShellAsync($"grep -q rebound /etc/hosts || echo '{Neighbourhood.Lan} rebound' >> /etc/hosts; echo '{Neighbourhood.Internet} outside' >> /etc/hosts");

        Assert.Contains("hello", await prison.FetchAsync("outside", Neighbourhood.Port), StringComparison.Ordinal);
        Assert.DoesNotContain("hello", await prison.FetchAsync("rebound", Neighbourhood.Port), StringComparison.Ordinal);
    }

    [IsolationFact]
    public async Task NameServer_OfTheLan_IsOutOfReach()
    {
        Assert.Equal("hello from outside", await Neighbourhood.FetchAsync(Neighbourhood.Lan, 53));
        Assert.DoesNotContain("hello", await prison.FetchAsync(Neighbourhood.Lan, 53), StringComparison.Ordinal);
    }

    [IsolationFact]
    public async Task PublicAddressOfThisHost_AndNeighboursPortsThere_AreOutOfReach()
    {
        Assert.Equal("hello from outside", await Neighbourhood.FetchAsync(Neighbourhood.HostInPublic, Neighbourhood.Port));
        Assert.Equal("hello from web\n", await Neighbourhood.FetchAsync(Neighbourhood.HostInPublic, prison.VictimPort));

        Assert.DoesNotContain("hello", await prison.FetchAsync(Neighbourhood.HostInPublic, Neighbourhood.Port), StringComparison.Ordinal);
        Assert.DoesNotContain("hello", await prison.FetchAsync(Neighbourhood.HostInPublic, prison.VictimPort), StringComparison.Ordinal);
    }

    [IsolationFact]
    public async Task OwnPort_IsReachedAsFromOutside_ButNotByPrivateAddresses()
    {
        await Eventually.BecomesTrueAsync("its own port answers", async () => (await prison.FetchAsync(Neighbourhood.HostInPublic, prison.AttackersPort)).Contains("hello from web", StringComparison.Ordinal));
        Assert.DoesNotContain("hello", await prison.FetchAsVictimAsync(Neighbourhood.HostInPublic, prison.AttackersPort), StringComparison.Ordinal);
        Assert.DoesNotContain("hello", await prison.FetchAsync(Neighbourhood.HostOnLan, prison.AttackersPort), StringComparison.Ordinal);
        Assert.DoesNotContain("hello", await prison.FetchAsync(prison.Gateway, prison.AttackersPort), StringComparison.Ordinal);
    }

    [IsolationFact]
    [Trait(Pain.Trait, Pain.NeighboursUnreachable)]
    public async Task WebServices_AreReachedByThePublicAddress_AndNothingElseThere()
    {
        var ingress = prison.Host.Get<Microsoft.Extensions.Options.IOptions<IngressOptions>>().Value;
        var before = (ingress.Mode, ingress.Http);
        Assert.DoesNotContain("hello", await prison.FetchAsync(Neighbourhood.HostInPublic, Neighbourhood.Port), StringComparison.Ordinal);
        try
        {
            // A server of the host plays the proxy.
            (ingress.Mode, ingress.Http) = (IngressMode.Nginx, $"0.0.0.0:{Neighbourhood.Port}");
            await Eventually.BecomesTrueAsync("the web port answers", async () => (await prison.FetchAsync(Neighbourhood.HostInPublic, Neighbourhood.Port)).Contains("hello", StringComparison.Ordinal));
            Assert.Contains("hello", await prison.FetchAsVictimAsync(Neighbourhood.HostInPublic, Neighbourhood.Port), StringComparison.Ordinal);
            Assert.DoesNotContain("hello", await prison.FetchAsync(Neighbourhood.HostOnLan, Neighbourhood.Port), StringComparison.Ordinal);
            Assert.DoesNotContain("hello", await prison.FetchAsync(prison.Gateway, Neighbourhood.Port), StringComparison.Ordinal);
            Assert.DoesNotContain("hello", await prison.FetchAsync(Neighbourhood.HostInPublic, prison.VictimPort), StringComparison.Ordinal);
        }
        finally
        {
            (ingress.Mode, ingress.Http) = before;
        }

        await Eventually.BecomesTrueAsync("the port is shut again", async () => !(await prison.FetchAsync(Neighbourhood.HostInPublic, Neighbourhood.Port)).Contains("hello", StringComparison.Ordinal));
    }

    [Trait(FaultRow.Trait, FaultRow.NetworkTaken)]
    [IsolationTheory]
    [InlineData("delete table inet provider_agent_guard")]
    [InlineData("delete table inet provider_agent_guard; add table inet provider_agent_guard; add chain inet provider_agent_guard forward")]
    [InlineData("flush chain inet provider_agent_guard from_lease")]
    public async Task Firewall_TakenAway_IsBackWithinSeconds(string command)
    {
        await Neighbourhood.RunAsync($"nft '{command}'");

        Assert.Contains("hello", await prison.FetchAsync(Neighbourhood.Lan, Neighbourhood.Port), StringComparison.Ordinal);
        await Eventually.BecomesTrueAsync("the LAN is out of reach again", async () => !(await prison.FetchAsync(Neighbourhood.Lan, Neighbourhood.Port)).Contains("hello", StringComparison.Ordinal));
        Assert.Contains("hello", await prison.FetchAsync(Neighbourhood.Internet, Neighbourhood.Port), StringComparison.Ordinal);
    }

    [IsolationFact]
    public async Task Logs_NeverGrowBeyondTheirLimit()
    {
        await prison.ShellAsync("i=0; while [ $i -lt 40 ]; do head -c 262144 /dev/zero | tr '\\0' 'x' > /proc/1/fd/1; echo > /proc/1/fd/1; i=$((i+1)); done");

        var log = (await prison.Host.InspectAsync(prison.Attacker, "shell")).LogPath;
        await Eventually.BecomesTrueAsync("the log was rotated", () => File.Exists(log + ".1"));
        Assert.InRange(Directory.GetFiles(Path.GetDirectoryName(log)!, Path.GetFileName(log) + "*").Sum(file => new FileInfo(file).Length), 1, 3 * Prison.LogBytes);
    }
}
