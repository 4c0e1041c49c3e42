using ProviderAgent.Isolation.Tests.Support;

namespace ProviderAgent.Isolation.Tests;

/// <summary>Services reach each other on the ports of their manifest, and a port of the host leads to all replicas.</summary>
[Collection(PrisonCollection.Name)]
public sealed class PortTests(Prison prison)
{
    [IsolationFact]
    public async Task Sibling_OnTheExternalPort_IsLedToTheContainersOwn()
    {
        await Answers("api", 80, "hello from api");
        // The container's own port is still there for the ingress and for direct callers.
        await Answers("api", 8080, "hello from api");
    }

    [IsolationFact]
    public async Task Sibling_PortThatIsNotDeclared_IsRefused() => Assert.DoesNotContain("hello", await prison.FetchAsync("api", 81), StringComparison.Ordinal);

    [IsolationFact]
    public async Task Sibling_OverUdp_IsLedAsWell() => await Eventually.BecomesTrueAsync(
        "an answer over UDP",
        async () => (await prison.ShellAsync($"/tmp/udp ask {(await prison.Host.InspectAsync(prison.Attacker, "api")).NetworkSettings.Networks.Values.Single().IPAddress} 53")).Contains("udp from api", StringComparison.Ordinal));

    [IsolationFact]
    public async Task Service_ByItsOwnName_ReachesItself() => await Eventually.BecomesTrueAsync(
        "the service reaches itself",
        async () => (await prison.Host.ExecAsync(prison.Attacker, "api", "sh", "-c", Prison.Fetch("api", 80))).Contains("hello from api", StringComparison.Ordinal));

    [IsolationFact]
    public async Task Host_ToTheContainersPort_IsNotRedirected()
    {
        var address = (await prison.Host.InspectAsync(prison.Attacker, "api")).NetworkSettings.Networks.Values.Single().IPAddress!;

        Assert.Equal("hello from api\n", await Neighbourhood.FetchAsync(address, 8080));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => Neighbourhood.FetchAsync(address, 80));
    }

    [IsolationFact]
    public async Task Sibling_AfterARestart_IsLedAgain()
    {
        var before = await prison.Host.InspectAsync(prison.Attacker, "api");

        await prison.Host.Engine.Containers.KillContainerAsync(before.ID, new(), CancellationToken.None);

        await Eventually.BecomesTrueAsync("another run", async () => (await prison.Host.InspectAsync(prison.Attacker, "api")).State is { Running: true } state && state.Pid != before.State.Pid);
        await Answers("api", 80, "hello from api");
    }

    [IsolationFact]
    public async Task HostPort_LeadsToAllReplicas_AndOnlyToThoseThatRun()
    {
        var port = prison.Host.Leases[prison.Victim].Desired!.Containers.First(spec => spec.Service == "many").Ports[0].HostPort;
        var seen = new HashSet<string>();

        // From a machine of the LAN, and from this host by its own address.
        await Eventually.BecomesTrueAsync("all three replicas", async () =>
        {
            seen.Add(await Neighbourhood.FetchFromOutsideAsync(Neighbourhood.HostOnLan, port));
            return seen.Count >= 3;
        });
        Assert.Equal(3, seen.Count(answer => answer.StartsWith("many-", StringComparison.Ordinal)));
        seen.Clear();
        await Eventually.BecomesTrueAsync("all three replicas again", async () =>
        {
            seen.Add(await Neighbourhood.FetchAsync(Neighbourhood.HostOnLan, port));
            return seen.Count == 3;
        });
    }

    private Task Answers(string address, int port, string words) => Eventually.BecomesTrueAsync(
        $"an answer of {address}:{port}", async () => (await prison.FetchAsync(address, port)).Contains(words, StringComparison.Ordinal));
}
