using System.Globalization;
using ProviderAgent.Isolation.Tests.Support;
using ProviderAgent.Workloads;

namespace ProviderAgent.Isolation.Tests;

/// <summary>One tenant uses the network as much as it can. The host's table of connections and the others must not feel it.</summary>
[Collection(PrisonCollection.Name)]
public sealed class FloodTests(Prison prison)
{
    private const int Flood = 120_000;

    // What one lease may hold open, what it may open at once, and what it opens while the test looks.
    private const int MostOfOneLease = 4_000 + 1_000 + 2_000;

    // What else this host does meanwhile.
    private const int Noise = 1_000;

    [Trait(Pain.Trait, Pain.ConnectionFlood)]
    [Trait(FaultRow.Trait, FaultRow.Flood)]
    [IsolationTheory]
    [InlineData("tcp")]
    [InlineData("udp")]
    public async Task Connections_120000_StayTheTenantsOwn(string protocol)
    {
        var before = await ConnectionsAsync();
        var refused = await CountAsync(GuardTally.TooFast);

        var tried = int.Parse(await prison.ShellAsync($"/tmp/flood {protocol} {Neighbourhood.Internet} {Flood}"), CultureInfo.InvariantCulture);

        Assert.InRange(tried, Flood * 9 / 10, Flood);
        Assert.InRange(await ConnectionsAsync() - before, -MostOfOneLease, MostOfOneLease);
        Assert.True(await CountAsync(GuardTally.TooFast) - refused > Flood / 2);
        // The neighbour is served at once, and so is the host.
        Assert.Contains("hello from outside", await prison.FetchAsVictimAsync(Neighbourhood.Internet, Neighbourhood.Port), StringComparison.Ordinal);
        Assert.Equal("hello from outside", await Neighbourhood.FetchAsync(Neighbourhood.Internet, Neighbourhood.Port));
        Assert.Equal("hello from web\n", await Neighbourhood.FetchAsync(prison.VictimAddress, 80));
        // And the flooder again as soon as it stops.
        await Eventually.BecomesTrueAsync("the flooder connects again", async () => (await prison.FetchAsync(Neighbourhood.Internet, Neighbourhood.Port)).Contains("hello", StringComparison.Ordinal));
    }

    [IsolationFact]
    public async Task Connections_ToASibling_AreInNoTableOfTheHost()
    {
        var before = await ConnectionsAsync();
        var sibling = (await prison.Host.InspectAsync(prison.Attacker, "web")).NetworkSettings.Networks.Values.Single().IPAddress;

        var tried = int.Parse(await prison.ShellAsync($"/tmp/flood tcp {sibling} {Flood / 4}"), CultureInfo.InvariantCulture);

        Assert.InRange(tried, Flood / 4 * 9 / 10, Flood / 4);
        Assert.InRange(await ConnectionsAsync() - before, -MostOfOneLease, Noise);
        await Eventually.BecomesTrueAsync("the sibling answers", async () => (await prison.FetchAsync("web", 80)).Contains("hello from web", StringComparison.Ordinal));
    }

    [IsolationFact]
    public async Task Connections_ToTheHost_AreInNoTableOfTheHost()
    {
        var before = await ConnectionsAsync();

        await prison.ShellAsync($"/tmp/flood tcp {prison.Gateway} {Flood / 4}");

        Assert.InRange(await ConnectionsAsync() - before, -MostOfOneLease, Noise);
        Assert.Equal("hello from web\n", await Neighbourhood.FetchAsync(prison.VictimAddress, 80));
    }

    [IsolationFact]
    public async Task Upload_AboveTheLimit_IsCutOff()
    {
        var before = await CountAsync(GuardTally.UploadOver);

        await prison.ShellAsync($"/tmp/flood bytes {Neighbourhood.Internet} {4 * Prison.BytesPerSecond}");

        Assert.True(await CountAsync(GuardTally.UploadOver) > before);
        await Eventually.BecomesTrueAsync("the sender is served again", async () => (await prison.FetchAsync(Neighbourhood.Internet, Neighbourhood.Port)).Contains("hello", StringComparison.Ordinal));
    }

    [IsolationFact]
    public async Task Download_AboveTheLimit_IsCutOff()
    {
        var before = await CountAsync(GuardTally.DownloadOver);

        // More than the limit lets through at once; the sender slows down and all of it arrives.
        var size = await prison.ShellAsync($"wget -q -O - http://{Neighbourhood.Internet}:{Neighbourhood.Port}/large | wc -c");

        Assert.Equal(Neighbourhood.LargeFileBytes, long.Parse(size, CultureInfo.InvariantCulture));
        Assert.True(await CountAsync(GuardTally.DownloadOver) > before);
    }

    private async Task<long> CountAsync(GuardTally tally) => await prison.CountAsync(prison.Attacker, tally);

    private static async Task<int> ConnectionsAsync() => int.Parse(await File.ReadAllTextAsync("/proc/sys/net/netfilter/nf_conntrack_count"), CultureInfo.InvariantCulture);
}
