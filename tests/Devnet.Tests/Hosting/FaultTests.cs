using System.Text.Json.Nodes;
using ProviderAgent.Chain.Transactions;
using ProviderAgent.Devnet.Tests.Harness;

namespace ProviderAgent.Devnet.Tests.Hosting;

public sealed class FaultTests
{
    [Fact]
    public async Task HoldReplies_CallsAreCarriedOutAndHangUntilReleased()
    {
        await using var node = await RpcNode.StartAsync();
        var provider = node.Chain.ProviderKey;
        var bytes = await node.SignAsync(provider, Market.CreateProvider(provider));
        var before = node.Chain.BalanceOf(provider.Address, "uakt");
        node.Chain.Faults.HoldReplies = true;

        var pending = node.ResultAsync("broadcast_tx_sync", new JsonObject { ["tx"] = Convert.ToBase64String(bytes) });
        await Eventually.BecomesTrueAsync("the transaction to be in a block", async () =>
        {
            await node.Chain.ProduceBlockAsync();
            return node.Chain.BalanceOf(provider.Address, "uakt") < before;
        });
        Assert.False(pending.IsCompleted);
        node.Chain.Faults.HoldReplies = false;

        Assert.Equal(0, (await pending)["code"]!.GetValue<int>());
    }

    [Fact]
    public async Task DropNextBroadcastReply_TheTransactionIsInAndTheAnswerIsLost()
    {
        await using var node = await RpcNode.StartAsync();
        var bytes = await node.SignAsync(node.Chain.ProviderKey, Market.CreateProvider(node.Chain.ProviderKey));
        var call = new JsonObject { ["tx"] = Convert.ToBase64String(bytes) };
        node.Chain.Faults.DropNextBroadcastReply();

        await Assert.ThrowsAsync<HttpRequestException>(() => node.CallAsync("broadcast_tx_sync", call.DeepClone()));

        Assert.Equal("tx already exists in cache", await node.ErrorAsync("broadcast_tx_sync", call));
        await node.Chain.ProduceBlockAsync();
        Assert.NotNull(await node.ResultAsync("tx", new JsonObject { ["hash"] = Convert.ToBase64String(TransactionHash.Of(bytes).ToBytes()) }));
    }

    [Fact]
    public async Task DropNextBroadcastReply_ARefusedTransaction_IsAnswered()
    {
        await using var node = await RpcNode.StartAsync();
        node.Chain.Faults.DropNextBroadcastReply();

        Assert.Equal(2, (await node.ResultAsync("broadcast_tx_sync", new JsonObject { ["tx"] = "AQ==" }))["code"]!.GetValue<int>());
    }

    [Fact]
    public async Task RefuseConnections_OldAndNewAreCutUntilItEnds()
    {
        await using var node = await RpcNode.StartAsync();
        using var socket = await node.ConnectAsync();
        Assert.NotNull(await node.ResultAsync("status"));

        node.Chain.Faults.RefuseConnections = true;

        await Assert.ThrowsAsync<HttpRequestException>(() => node.CallAsync("status"));
        await Assert.ThrowsAnyAsync<Exception>(() => RpcNode.ReceiveAsync(socket));
        node.Chain.Faults.RefuseConnections = false;
        Assert.NotNull(await node.ResultAsync("status"));
    }

    [Fact]
    public async Task LagBlocks_ReadsStayBehindEverywhere()
    {
        await using var node = await RpcNode.StartAsync();
        await node.Chain.ProduceBlockAsync(9);
        node.Chain.Faults.LagBlocks = 4;
        var tx = node.SignAsync(node.Chain.ProviderKey, Market.CreateProvider(node.Chain.ProviderKey));
        await node.ResultAsync("broadcast_tx_sync", new JsonObject { ["tx"] = Convert.ToBase64String(await tx) });
        await node.Chain.ProduceBlockAsync();

        Assert.Equal("7", (await node.ResultAsync("status"))["sync_info"]!["latest_block_height"]!.GetValue<string>());
        Assert.Equal("height 8 must be less than or equal to the current blockchain height 7", await node.ErrorAsync("block_results", new JsonObject { ["height"] = "8" }));
        var query = new Wire.Provider.QueryProviderRequest { Owner = node.Chain.ProviderKey.Address.Value };
        Assert.Equal(22, (await node.QueryRawAsync("/akash.provider.v1beta4.Query/Provider", query))["code"]!.GetValue<int>());
        Assert.Contains("not found", await node.ErrorAsync("tx", new JsonObject { ["hash"] = Convert.ToBase64String(TransactionHash.Of(await tx).ToBytes()) }), StringComparison.Ordinal);
        node.Chain.Faults.LagBlocks = 0;
        Assert.Equal(0, (await node.QueryRawAsync("/akash.provider.v1beta4.Query/Provider", query))["code"]!.GetValue<int>());
    }

    [Fact]
    public async Task BlockLoop_MakesBlocksAtItsPaceUnlessPaused()
    {
        var time = new ManualTimeProvider();
        await using var node = await RpcNode.StartAsync(options => options.BlockTime = TimeSpan.FromSeconds(6), time);
        await Eventually.BecomesTrueAsync("the loop to wait", () => time.TimerCount > 0);

        for (var height = 2; height <= 4; height++)
        {
            time.Advance(TimeSpan.FromSeconds(6));
            await Eventually.BecomesTrueAsync($"block {height}", () => node.Chain.Height == height);
        }

        node.Chain.Faults.PauseBlocks = true;
        time.Advance(TimeSpan.FromSeconds(60));
        await node.Chain.ProduceBlockAsync();
        Assert.Equal(5, node.Chain.Height);
    }
}
