using ProviderAgent.Scenarios.Tests.Support;

namespace ProviderAgent.Scenarios.Tests;

/// <summary>A chain that cannot be reached is said so at once, and ends nothing.</summary>
public sealed class ChainDownTests
{
    [NeedsFact("nft")]
    public async Task EveryEndpointDown_WhileALeaseRuns_StatusSaysSoAndTheLeaseGoesOn()
    {
        await using var trade = await Trade.StartAsync();
        var before = trade.Chain.BalanceOf(trade.Provider, "uact");
        var (lease, first) = await trade.OpenLeaseAsync();

        trade.ChainLine.Refuse = true;
        trade.ChainLine.CutAll();
        await trade.BecomesTrueAsync("the daemon to notice", async () => !(await trade.ReadAsync("/api/v1/status"))["chain"]!["ok"]!.GetValue<bool>());

        // The command answers although nobody answers the daemon.
        var status = await trade.CliAsync("status");
        Assert.True(status.ExitCode == 0, status.Errors);
        Assert.Contains("cannot be reached", status.Output, StringComparison.Ordinal);
        var leases = (await trade.ReadAsync("/api/v1/leases"))["leases"]!.AsArray();
        Assert.Equal("active", Assert.Single(leases)!["stage"]!.ToString());

        // Its tenant's requests too: the gateway asks the daemon's own books, and the workload serves.
        Assert.Equal("hello from the lease\n", await trade.AnswerAsync(lease));

        // Nor does a start need the chain once there was one: the lease is known, and goes on.
        await trade.Agent.KillAsync();
        await trade.Agent.DisposeAsync();
        trade.LaunchAgent();
        await trade.BecomesTrueAsync("the lease to be known again", async () => trade.Running() && await ReadyAsync(trade) == 1);
        Assert.Equal("hello from the lease\n", await trade.AnswerAsync(lease));

        trade.ChainLine.Refuse = false;
        await trade.BecomesTrueAsync("the daemon to see the chain again", async () => (await trade.ReadAsync("/api/v1/status"))["chain"]!["ok"]!.GetValue<bool>());
        var second = await trade.RunningContainerAsync(lease);
        Assert.Equal((first.ID, first.State.StartedAt), (second.ID, second.State.StartedAt));
        await trade.EndAsync(lease, before);
    }

    private static async Task<int> ReadyAsync(Trade trade)
    {
        try
        {
            return (await trade.ReadAsync("/api/v1/leases"))["leases"]!.AsArray().Where(lease => lease!["stage"]!.ToString() == "active").Sum(lease => lease!["services"]![0]!["ready"]!.GetValue<int>());
        }
        catch (Exception e) when (e is HttpRequestException or ArgumentOutOfRangeException)
        {
            return 0; // it does not listen yet, or has not read the engine
        }
    }
}
