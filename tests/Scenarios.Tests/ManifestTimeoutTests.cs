using ProviderAgent.Scenarios.Tests.Support;

namespace ProviderAgent.Scenarios.Tests;

/// <summary>A tenant that takes a bid and then says nothing.</summary>
[Trait(Pain.Trait, Pain.ManifestTimeout)]
[Trait(Pain.Trait, Pain.EndWithoutReason)]
public sealed class ManifestTimeoutTests
{
    [NeedsFact(MachineNeeds.DockerSocket, "nft")]
    public async Task NoManifest_EndsTheLeaseWithItsReason_AlsoOverAKill_AndWhatWasSetAsideIsForSale()
    {
        await using var trade = await Trade.PrepareAsync();
        trade.WriteConfig(text => text.Replace("  stop_grace: 1s", "  stop_grace: 1s\n  manifest_timeout: 5s", StringComparison.Ordinal));
        await trade.RegisterAsync();
        await trade.StartAgentAsync();
        var deployment = await trade.DeployAsync();
        var bid = await trade.BidOnAsync(deployment.Dseq);
        var caught = trade.ChainLine.HoldAnswer("broadcast_tx_sync");
        await trade.Tenant.AcceptAsync(bid.Id);

        await caught.WaitAsync(Trade.Patience);
        await trade.KillAndRestartAsync();

        await trade.BecomesTrueAsync("nothing of the lease to be left", async () => (await trade.ReadAsync("/api/v1/leases"))["leases"]!.AsArray().Count == 0 && await trade.CountNetworksAsync() == 0);
        await trade.BecomesTrueAsync(
            "what was set aside to be for sale",
            async () => (await trade.ReadAsync("/api/v1/status"))["resources"]!.AsArray().All(resource => resource!["used"]!.GetValue<long>() == 0));
        var transactions = await trade.Blocks.ListTransactionsAsync();
        Assert.All(transactions, transaction => Assert.Equal(0, transaction.Code));
        var ended = Assert.Single(transactions, transaction => transaction.Has("EventLeaseClosed"));
        Assert.Contains("lease_closed_reason_manifest_timeout", Assert.Single(ended.Events, entry => entry.Type.EndsWith("EventLeaseClosed", StringComparison.Ordinal)).Attributes["reason"], StringComparison.Ordinal);
    }
}
