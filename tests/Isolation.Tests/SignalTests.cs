using ProviderAgent.Isolation.Tests.Support;
using ProviderAgent.Workloads;

namespace ProviderAgent.Isolation.Tests;

/// <summary>What looks like abuse is told, with its reason, and nothing is closed because of it.</summary>
[Collection(PrisonCollection.Name)]
public sealed class SignalTests(Prison prison)
{
    [IsolationFact]
    public Task Mail_IsTold() => IsToldAsync(TenantSignalKind.Mail, $"timeout 1 nc {Neighbourhood.Internet} 25 </dev/null; true");

    [IsolationFact]
    public Task Mining_IsTold() => IsToldAsync(TenantSignalKind.Mining, $"timeout 1 nc {Neighbourhood.Internet} 3333 </dev/null; true");

    // 500 ports of which none answers.
    [IsolationFact]
    public Task Scan_IsTold() => IsToldAsync(TenantSignalKind.Scan, $"/tmp/flood tcp {Neighbourhood.Internet} 500");

    // A thousand ports, over UDP.
    [IsolationFact]
    public async Task UdpScan_IsTold()
    {
        var tried = await prison.CountAsync(prison.Attacker, GuardTally.UdpDestinations);
        var told = prison.Host.Leases[prison.Attacker].Signals.FirstOrDefault(signal => signal.Kind == TenantSignalKind.Scan)?.Count ?? 0;

        await Eventually.BecomesTrueAsync("the scan to be told", async () =>
        {
            await prison.ShellAsync($"/tmp/flood udp {Neighbourhood.Internet} 1500");
            return prison.Host.Leases[prison.Attacker].Signals.FirstOrDefault(signal => signal.Kind == TenantSignalKind.Scan)?.Count > told
                && await prison.CountAsync(prison.Attacker, GuardTally.UdpDestinations) > tried;
        });

        Assert.DoesNotContain(prison.Host.Leases[prison.Victim].Signals, other => other.Kind == TenantSignalKind.Scan);
    }

    // As a stream of a game or of QUIC: many packets, one destination, an answer.
    [IsolationFact]
    public async Task UdpToOneDestination_CountsOnce_AndAsAnsweredWhereItAnswers()
    {
        var (tried, answered) = (await prison.CountAsync(prison.Attacker, GuardTally.UdpDestinations), await prison.CountAsync(prison.Attacker, GuardTally.UdpAnswered));

        Assert.Equal("udp from api", (await prison.ShellAsync($"for i in 1 2 3 4 5; do /tmp/udp ask {Neighbourhood.Internet} {Neighbourhood.UdpPort}; done | tail -n 1")).Trim());
        await prison.ShellAsync($"/tmp/flood bytes {Neighbourhood.Internet} 400000");

        Assert.InRange(await prison.CountAsync(prison.Attacker, GuardTally.UdpDestinations) - tried, 1, 2);
        Assert.Equal(1, await prison.CountAsync(prison.Attacker, GuardTally.UdpAnswered) - answered);
    }

    [IsolationFact]
    public Task SearchOfTheLan_IsTold() => IsToldAsync(TenantSignalKind.PrivateAddresses, $"/tmp/flood udp {Neighbourhood.Lan} 300");

    private async Task IsToldAsync(TenantSignalKind kind, string line)
    {
        var signal = await Eventually.GetAsync($"the signal {kind}", async () =>
        {
            await prison.ShellAsync(line);
            return prison.Host.Leases[prison.Attacker].Signals.FirstOrDefault(signal => signal.Kind == kind);
        });

        Assert.True(signal.Count > 0);
        Assert.Contains(await prison.Host.Stores.ListSignalsAsync(CancellationToken.None), stored => stored.Lease == prison.Attacker && stored.Signal.Kind == kind);
        Assert.Equal(LeaseStage.Active, prison.Host.Leases[prison.Attacker].Lease.Stage);
        Assert.DoesNotContain(prison.Host.Leases[prison.Victim].Signals, other => other.Kind == kind);
    }
}
