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
