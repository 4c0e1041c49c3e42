using System.Globalization;
using ProviderAgent.Scenarios.Tests.Support;

namespace ProviderAgent.Scenarios.Tests;

/// <summary>An engine that is away is no reason to end a lease.</summary>
public sealed class EngineDownTests
{
    [Trait(Pain.Trait, Pain.OutageClosesLeases)]
    [Trait(FaultRow.Trait, FaultRow.EngineRestart)]
    [NeedsFact("dockerd", "nft")]
    public async Task EngineStopped_WhileALeaseRuns_NothingIsClosedAndNothingSent()
    {
        await using var engine = await PrivateEngine.StartAsync();
        await using var trade = await Trade.StartAsync(engine.Socket);
        var before = trade.Chain.BalanceOf(trade.Provider, "uact");
        var (lease, first) = await trade.OpenLeaseAsync();
        var sent = (await trade.Blocks.ListTransactionsAsync()).Count;

        await engine.DownAsync();
        await trade.BecomesTrueAsync("the daemon to notice", async () => !(await trade.ReadAsync("/api/v1/status"))["engine"]!["ok"]!.GetValue<bool>());
        await Task.Delay(TimeSpan.FromSeconds(20), TimeProvider.System); // what the scenario is about: time passes without an engine
        var status = await trade.ReadAsync("/api/v1/status");
        Assert.False(status["engine"]!["ok"]!.GetValue<bool>());
        Assert.Equal(1, status["leases"]!.GetValue<int>());
        Assert.Equal("active", (await trade.ReadAsync("/api/v1/leases"))["leases"]![0]!["stage"]!.ToString());
        Assert.Single(await trade.Tenant.ListLeasesAsync(lease.Deployment.Dseq));

        await engine.UpAsync();
        await trade.BecomesTrueAsync("the daemon to see the engine again", async () => (await trade.ReadAsync("/api/v1/status"))["engine"]!["ok"]!.GetValue<bool>());
        var second = await trade.RunningContainerAsync(lease);
        Assert.Equal((first.ID, first.State.StartedAt), (second.ID, second.State.StartedAt));
        Assert.Equal(sent, (await trade.Blocks.ListTransactionsAsync()).Count);

        await trade.EndAsync(lease, before);
    }

    [Trait(FaultRow.Trait, FaultRow.EngineRestart)]
    [NeedsFact("dockerd", "nft")]
    public async Task EngineStopped_NothingIsBidOn_UntilItIsBack()
    {
        await using var engine = await PrivateEngine.StartAsync();
        await using var trade = await Trade.StartAsync(engine.Socket);
        var before = trade.Chain.BalanceOf(trade.Provider, "uact");
        await engine.DownAsync();
        await trade.BecomesTrueAsync("the daemon to notice", async () => (await trade.ReadAsync("/api/v1/status"))["bidding"]!["paused"]?.ToString().StartsWith("the container engine does not answer", StringComparison.Ordinal) == true);

        var deployment = await trade.DeployAsync();
        await trade.BecomesTrueAsync("the order to be declined with its reason", async () => (await trade.CliAsync("why", $"{trade.Chain.TenantKey.Address}/{deployment.Dseq}/1/1")).Output.Contains("the container engine does not answer", StringComparison.Ordinal));
        Assert.Empty(await trade.Tenant.ListBidsAsync(deployment.Dseq));
        await engine.UpAsync();

        var lease = await trade.AcceptAsync(deployment.Dseq);
        await trade.SendManifestAsync(deployment.Dseq);
        await trade.RunningContainerAsync(lease);
        await CoinOwedAsync(trade);
        await trade.EndAsync(lease, before);
    }

    [Trait(FaultRow.Trait, FaultRow.EngineRestart)]
    [NeedsFact("dockerd", "nft")]
    public async Task EngineWithoutLiveRestore_StoppedAndStarted_TheContainerThatEndedWithItRunsAgain_AndNothingIsSent()
    {
        await using var engine = await PrivateEngine.StartAsync(liveRestore: false);
        await using var trade = await Trade.StartAsync(engine.Socket);
        var before = trade.Chain.BalanceOf(trade.Provider, "uact");
        var (lease, first) = await trade.OpenLeaseAsync();
        var sent = (await trade.Blocks.ListTransactionsAsync()).Count;

        await engine.DownAsync();
        await trade.BecomesTrueAsync("the daemon to notice", async () => !(await trade.ReadAsync("/api/v1/status"))["engine"]!["ok"]!.GetValue<bool>());
        Assert.Equal("active", (await trade.ReadAsync("/api/v1/leases"))["leases"]![0]!["stage"]!.ToString());
        await engine.UpAsync();

        var second = await trade.RunningContainerAsync(lease);
        Assert.Equal(first.ID, second.ID);
        Assert.NotEqual(first.State.StartedAt, second.State.StartedAt);
        Assert.Equal("active", (await trade.ReadAsync("/api/v1/leases"))["leases"]![0]!["stage"]!.ToString());
        Assert.Equal(sent, (await trade.Blocks.ListTransactionsAsync()).Count);

        await CoinOwedAsync(trade);
        await trade.EndAsync(lease, before);
    }

    private static Task CoinOwedAsync(Trade trade) => trade.BecomesTrueAsync(
        "a whole coin to be owed",
        async () => decimal.Parse((await trade.ReadAsync("/api/v1/earnings"))["owed"]?["uact"]?.ToString() ?? "0", CultureInfo.InvariantCulture) >= 1);
}
