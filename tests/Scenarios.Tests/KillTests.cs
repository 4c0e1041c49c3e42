using System.Globalization;
using ProviderAgent.Scenarios.Tests.Support;

namespace ProviderAgent.Scenarios.Tests;

/// <summary>kill -9 of the daemon at each step of a trade. After the next start: the same end, no second bid, no container touched.</summary>
public sealed class KillTests
{
    /// <summary>How the daemon is caught at a step: a piece of the request at which it is held, and whether the request still arrives.</summary>
    [NeedsTheory(MachineNeeds.DockerSocket, "nft")]
    [InlineData("pricing", "akash.market.v1beta5.Query/Order", false)]
    [InlineData("after the intent of the bid", "cosmos.tx.v1beta1.Service/Simulate", false)]
    [InlineData("with a signed bid that no node has seen", "broadcast_tx_sync", false)]
    [InlineData("after the broadcast", "broadcast_tx_sync", true)]
    public async Task Killed_OnTheWayToTheBid_BidsOnce(string step, string request, bool arrives)
    {
        await using var trade = await Trade.StartAsync();
        var before = trade.Chain.BalanceOf(trade.Provider, "uact");
        var caught = arrives ? trade.ChainLine.HoldAnswer(request) : trade.ChainLine.HoldRequest(request);

        var deployment = await trade.DeployAsync();
        await CaughtAsync(caught, step);
        await trade.KillAndRestartAsync();

        var lease = await trade.AcceptAsync(deployment.Dseq);
        await trade.SendManifestAsync(deployment.Dseq);
        await trade.RunningContainerAsync(lease);
        await EarnAsync(trade);
        await trade.EndAsync(lease, before);
    }

    [NeedsTheory(MachineNeeds.DockerSocket, "nft")]
    [InlineData("/images/create", false)]
    [InlineData("/networks/create", true)]
    [InlineData("/containers/create", false)]
    [InlineData("/containers/create", true)]
    [InlineData("/start", true)]
    public async Task Killed_WhileDeploying_FinishesTheSameDeployment(string request, bool arrives)
    {
        await using var trade = await Trade.StartAsync();
        var before = trade.Chain.BalanceOf(trade.Provider, "uact");
        if (request == "/images/create") await trade.ForgetImageAsync();
        var deployment = await trade.DeployAsync();
        // The network is made as soon as the lease is seen, which may be before the manifest comes.
        var caught = arrives ? trade.EngineLine.HoldAnswer(request) : trade.EngineLine.HoldRequest(request);
        var lease = await trade.AcceptAsync(deployment.Dseq);
        await trade.SendManifestAsync(deployment.Dseq);
        await caught.WaitAsync(Trade.Patience);

        await trade.KillAndRestartAsync();

        await trade.RunningContainerAsync(lease); // exactly one, checked inside
        Assert.Equal(1, await trade.CountNetworksAsync());
        await EarnAsync(trade);
        await trade.EndAsync(lease, before);
    }

    [Trait(Pain.Trait, Pain.RestartLosesLeases)]
    [NeedsFact(MachineNeeds.DockerSocket, "nft")]
    public async Task Killed_WhileRunning_TouchesNothing()
    {
        await using var trade = await Trade.StartAsync();
        var before = trade.Chain.BalanceOf(trade.Provider, "uact");
        var (lease, first) = await trade.OpenLeaseAsync();
        await MeasuredAsync(trade, atLeast: 2);

        await trade.KillAndRestartAsync();
        await trade.KillAndRestartAsync();

        var second = await trade.RunningContainerAsync(lease);
        Assert.Equal((first.ID, first.State.StartedAt), (second.ID, second.State.StartedAt));
        await MeasuredAsync(trade, atLeast: 4);
        var age = TimeProvider.System.GetUtcNow() - DateTimeOffset.Parse(first.State.StartedAt, CultureInfo.InvariantCulture);
        var row = (await trade.ReadAsync("/api/v1/earnings"))["leases"]![0]!;
        Assert.InRange(row["measured_seconds"]!.GetValue<double>() + row["gap_seconds"]!.GetValue<double>(), 4, age.TotalSeconds + 2);
        await trade.EndAsync(lease, before);
    }

    [NeedsFact(MachineNeeds.DockerSocket, "nft")]
    public async Task Killed_WhileWithdrawing_DrawsOnce()
    {
        await using var trade = await Trade.StartAsync();
        var before = trade.Chain.BalanceOf(trade.Provider, "uact");
        var (lease, _) = await trade.OpenLeaseAsync();
        await EarnAsync(trade);
        var caught = trade.ChainLine.HoldAnswer("broadcast_tx_sync");
        await using (AgentProcess.Start("withdraw", "--config", trade.ConfigFile))
        {
            await caught.WaitAsync(Trade.Patience);
            await trade.KillAndRestartAsync();
        }

        await trade.EndAsync(lease, before);
    }

    private static async Task CaughtAsync(Task caught, string step)
    {
        try
        {
            await caught.WaitAsync(Trade.Patience);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"the daemon never came to the step '{step}'", e);
        }
    }

    private static Task EarnAsync(Trade trade) => trade.BecomesTrueAsync(
        "some earnings",
        async () => decimal.Parse((await trade.ReadAsync("/api/v1/earnings"))["owed"]?["uact"]?.ToString() ?? "0", CultureInfo.InvariantCulture) >= 1);

    private static Task MeasuredAsync(Trade trade, double atLeast) => trade.BecomesTrueAsync(
        "samples",
        async () => (await trade.ReadAsync("/api/v1/earnings"))["leases"]!.AsArray().Sum(lease => lease!["measured_seconds"]!.GetValue<double>()) >= atLeast);
}
