using System.Text.Json.Nodes;
using ProviderAgent.Devnet.Tests.Harness;
using ProviderAgent.Marketplace;
using ByteSize = ProviderAgent.Marketplace.ByteSize;

namespace ProviderAgent.Devnet.Tests.Client;

/// <summary>A market that is full when the daemon comes to it.</summary>
public sealed class OpenOrdersAtStartTests
{
    [Trait(Pain.Trait, Pain.HistoryOverload)]
    [Fact]
    public async Task Start_With10000OpenOrders_ReadsThemPageByPageAndHoldsNone()
    {
        const int orders = 10_000;
        await using var world = await ClientWorld.StartAsync(change: options =>
        {
            options.Balances = [Coin.Parse("100000000000uakt"), Coin.Parse("100000000000uact")];
            options.KeepBlocks = 5;
        });
        for (var first = 1; first <= orders; first += 100)
        {
            var bytes = await world.Node.SignAsync(world.Tenant, [.. Enumerable.Range(first, 100).Select(dseq => (Google.Protobuf.IMessage)Market.CreateDeployment(world.Tenant, (ulong)dseq, 500_000))], gas: 240_000_000);
            var sent = await world.Node.ResultAsync("broadcast_tx_sync", new JsonObject { ["tx"] = Convert.ToBase64String(bytes) });
            Assert.True(sent["code"]!.GetValue<int>() == 0, sent.ToJsonString());
            await world.Chain.ProduceBlockAsync();
        }

        await using var list = world.Market.ListOpenOrdersAsync(default).GetAsyncEnumerator();
        Assert.True(await list.MoveNextAsync());

        // With the first page there, the rest of it needs no answer: who decides on the first order does not wait for the last.
        world.Chain.Faults.HoldReplies = true;
        for (var i = 1; i < 500; i++) Assert.True(await list.MoveNextAsync());
        var next = list.MoveNextAsync().AsTask();
        Assert.False(next.IsCompleted);
        world.Chain.Faults.HoldReplies = false;
        Assert.True(await next);
        var (count, early) = (501, 0L);
        do
        {
            if (count == 1_000) early = GC.GetTotalMemory(forceFullCollection: true);
            count++;
        }
        while (await list.MoveNextAsync());

        Assert.Equal(orders, count - 1);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - early, long.MinValue, 8 * ByteSize.MiB);
    }
}
