using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ProviderAgent.Chain.Sending;
using ProviderAgent.Chain.Transactions;
using ProviderAgent.Devnet.Tests.Harness;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Tests.Client;

/// <summary>The chain's faults by their row in the table of faults; each against a local chain, with what must be true at the end.</summary>
public sealed class FaultRowTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    public async Task Row16_GapOfBlocks_IsFilledBlockByBlock(int gap)
    {
        await using var world = await ClientWorld.StartAsync();
        var from = world.Chain.Height;
        await world.DeployAsync(100);
        await world.Chain.ProduceBlockAsync(gap - 1);
        var to = world.Chain.Height;

        var (seen, orders) = (new List<long>(), 0);
        await foreach (var batch in world.Market.FollowAsync(new MarketPosition(from), default))
        {
            Assert.False(batch.HasGap);
            seen.Add(batch.Position.Value);
            orders += batch.Events.OfType<MarketEvent.OrderCreated>().Count();
            if (batch.Position.Value == to) break;
        }

        Assert.Equal(Enumerable.Range((int)from + 1, gap).Select(height => (long)height), seen);
        Assert.Equal(1, orders);
    }

    [Fact]
    public async Task Row16_GapOf50000Blocks_IsJumpedOverAndSaidSo()
    {
        await using var world = await ClientWorld.StartAsync(start: false);
        var from = world.Chain.Height;
        await world.Chain.ProduceBlockAsync(50_000);
        await world.StartClientAsync();

        await foreach (var batch in world.Market.FollowAsync(new MarketPosition(from), default))
        {
            Assert.True(batch.HasGap);
            Assert.Equal(world.Chain.Height, batch.Position.Value);
            break;
        }

        Assert.True(world.HasLogged("TooFarBehind"));
    }

    [Fact]
    public async Task Row19_HistoryPruned_GoesOnAfterItWithAGap()
    {
        await using var world = await ClientWorld.StartAsync(change: options => options.KeepBlocks = 50);
        var from = world.Chain.Height;
        await world.Chain.ProduceBlockAsync(200);

        await foreach (var batch in world.Market.FollowAsync(new MarketPosition(from), default))
        {
            Assert.True(batch.HasGap);
            Assert.InRange(batch.Position.Value, from + 140, world.Chain.Height);
            break;
        }
    }

    [Trait(Pain.Trait, Pain.SequenceMismatch)]
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Row21_ForeignTransactionOfTheSameKey_NothingIsLostOrDoubled(bool unordered)
    {
        await using var world = await ClientWorld.StartAsync((options, _) => options.Unordered = unordered);
        foreach (var dseq in (ulong[])[100, 200, 300]) await world.DeployAsync(dseq);
        var first = world.SubmitAsync(world.Bid(100));
        await WaitingAsync(world, 1);
        await world.Chain.ProduceBlockAsync();
        Assert.IsType<ActionOutcome.Done>(await first);

        // Another program with the same key sends while ours is not looking.
        var foreign = await world.Node.SignAsync(world.Provider, Market.CloseBid(world.Bid(100).Bid.Lease));
        await world.Node.ResultAsync("broadcast_tx_sync", new JsonObject { ["tx"] = Convert.ToBase64String(foreign) });
        var second = world.SubmitAsync(world.Bid(200));
        await WaitingAsync(world, 2);
        var height = await world.Chain.ProduceBlockAsync();

        // Recovered within the same block: the simulation told of the foreign one.
        var done = Assert.IsType<ActionOutcome.Done>(await second);
        Assert.Equal(height, done.Tick.Value);
        Assert.NotNull(await world.Node.ResultAsync("tx", new JsonObject { ["hash"] = Convert.ToBase64String(TransactionHash.Of(foreign).ToBytes()) }));
        var third = world.SubmitAsync(world.Bid(300));
        await WaitingAsync(world, 1);
        await world.Chain.ProduceBlockAsync();
        Assert.IsType<ActionOutcome.Done>(await third);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Row22_AcceptedButReplyLost_HappensOnce(bool unordered)
    {
        await using var world = await ClientWorld.StartAsync((options, _) => options.Unordered = unordered);
        await world.DeployAsync(100);
        var before = world.Chain.BalanceOf(world.Provider.Address, "uakt");
        world.Chain.Faults.DropNextBroadcastReply();
        world.KeepProducing();

        var done = Assert.IsType<ActionOutcome.Done>(await world.SubmitAsync(world.Bid(100)));

        Assert.Single(world.Outbox.Closed);
        Assert.Equal(before - 500_000 - done.Fee.Amount, world.Chain.BalanceOf(world.Provider.Address, "uakt"));
    }

    [Fact]
    public async Task Row22_MempoolFull_WaitsAndGoesInOnce()
    {
        await using var world = await ClientWorld.StartAsync();
        await world.DeployAsync(100);
        world.Chain.Faults.MempoolFull = true;
        var bid = world.SubmitAsync(world.Bid(100));
        await Eventually.BecomesTrueAsync("the transaction to be written down", () => world.Outbox.Open.Count == 1);
        await world.Chain.ProduceBlockAsync(2);
        Assert.False(bid.IsCompleted);

        world.Chain.Faults.MempoolFull = false;
        world.KeepProducing();

        Assert.IsType<ActionOutcome.Done>(await bid);
        Assert.Single(world.Outbox.Closed);
    }

    [Fact]
    public async Task Row22_InsufficientFunds_IsRefusedAndCostsNothing()
    {
        await using var world = await ClientWorld.StartAsync(change: options => options.Balances = [Coin.Parse("400000uakt"), Coin.Parse("1000000000uact")]);
        await world.DeployAsync(100);
        var before = world.Chain.BalanceOf(world.Provider.Address, "uakt");

        var refused = Assert.IsType<ActionOutcome.Refused>(await world.SubmitAsync(world.Bid(100)));

        Assert.True(refused.Reason == MarketRefusal.InsufficientFunds, $"{refused.Reason}: {refused.Detail}");
        Assert.Equal(before, world.Chain.BalanceOf(world.Provider.Address, "uakt"));
    }

    [Fact]
    public async Task Row23_OrderClosedBetweenDecisionAndSending_CostsNothing()
    {
        await using var world = await ClientWorld.StartAsync();
        await world.DeployAsync(100);
        await world.Node.DoAsync(world.Tenant, new Wire.Deployment.V1Beta4.MsgCloseDeployment { Id = new() { Owner = world.Tenant.Address.Value, Dseq = 100 } });
        var before = world.Chain.BalanceOf(world.Provider.Address, "uakt");

        var refused = Assert.IsType<ActionOutcome.Refused>(await world.SubmitAsync(world.Bid(100)));

        Assert.Equal(MarketRefusal.OrderNotOpen, refused.Reason);
        Assert.Equal(before, world.Chain.BalanceOf(world.Provider.Address, "uakt"));
    }

    [Fact]
    public async Task Row24_OlderChain_GetsNoFieldThatItDoesNotKnow()
    {
        await using var world = await ClientWorld.StartAsync(change: options => options.Reclamation = false);
        await world.DeployAsync(100);
        world.KeepProducing();

        Assert.IsType<ActionOutcome.Done>(await world.SubmitAsync(world.Bid(100) with { ReclaimWindow = TimeSpan.FromHours(2) }));

        var notice = await world.SubmitAsync(new MarketAction.StartReclaim(world.Bid(100).Bid.Lease, LeaseCloseReason.Decommission));
        Assert.IsType<ActionOutcome.Refused>(notice);
    }

    [Fact]
    public async Task Row25_LeaseClosedAndOrderedAnew_AreToldApart()
    {
        await using var world = await ClientWorld.StartAsync();
        var from = world.Chain.Height;
        var lease = await world.Node.OpenLeaseAsync();
        await world.Node.DoAsync(world.Tenant, Market.CloseLease(lease));
        var events = new List<MarketEvent>();
        await foreach (var batch in world.Market.FollowAsync(new MarketPosition(from), default))
        {
            events.AddRange(batch.Events);
            if (batch.Position.Value == world.Chain.Height) break;
        }

        Assert.Contains(events, one => one is MarketEvent.LeaseClosed closed && closed.Lease == lease && closed.Reason == LeaseCloseReason.Owner);
        Assert.Contains(events, one => one is MarketEvent.OrderCreated { Order: { Oseq: 2, Dseq: 100 } });
        Assert.False((await world.Market.FindLeaseAsync(lease, default))!.Lease.IsRunning);
    }

    [Fact]
    public async Task Row26_ClosingBeforeTheWindowEnds_IsRefusedAndWorksAfterwards()
    {
        await using var world = await ClientWorld.StartAsync();
        await world.DeployAsync(100);
        world.KeepProducing();
        var bid = world.Bid(100) with { ReclaimWindow = TimeSpan.FromHours(1) };
        Assert.IsType<ActionOutcome.Done>(await world.SubmitAsync(bid));
        await world.Node.ResultAsync("broadcast_tx_sync", new JsonObject { ["tx"] = Convert.ToBase64String(await world.Node.SignAsync(world.Tenant, Market.CreateLease(bid.Bid.Lease))) });
        await Eventually.BecomesTrueAsync("the lease", async () => await world.Market.FindLeaseAsync(bid.Bid.Lease, default) is not null);

        Assert.Equal(MarketRefusal.ReclaimNotStarted, Assert.IsType<ActionOutcome.Refused>(await world.SubmitAsync(Close())).Reason);
        Assert.IsType<ActionOutcome.Done>(await world.SubmitAsync(new MarketAction.StartReclaim(bid.Bid.Lease, LeaseCloseReason.Decommission)));
        Assert.Equal(MarketRefusal.ReclaimWindowNotElapsed, Assert.IsType<ActionOutcome.Refused>(await world.SubmitAsync(Close())).Reason);
        var reclaiming = new List<LeaseAccount>();
        await foreach (var lease in world.Market.ListOwnLeasesAsync(LeaseState.Reclaiming, default)) reclaiming.Add(lease);
        Assert.True(Assert.Single(reclaiming).Lease.IsRunning);

        MarketAction.CloseBid Close() => new(bid.Bid, LeaseCloseReason.Decommission);
    }

    [Fact]
    public async Task Row27_EscrowRunsDry_TheWithdrawalPaysWhatIsLeftAndEndsTheLease()
    {
        await using var world = await ClientWorld.StartAsync();
        await world.DeployAsync(100, deposit: 500_000);
        var lease = Market.Lease(world.Tenant, world.Provider);
        await world.Node.DoAsync(world.Provider, Market.CreateBid(lease.Order, world.Provider, "100"));
        await world.Node.DoAsync(world.Tenant, Market.CreateLease(lease));
        await world.Chain.ProduceBlockAsync(5_100); // the deposit lasts 5 000
        world.Chain.Faults.RefuseConnections = true;
        await Assert.ThrowsAsync<MarketUnavailableException>(() => world.Market.FindLeaseAsync(lease, default)); // not seen is not ended
        world.Chain.Faults.RefuseConnections = false;
        Assert.True((await world.Market.FindLeaseAsync(lease, default))!.Lease.IsRunning);
        var before = world.Chain.BalanceOf(world.Provider.Address, "uact");
        world.KeepProducing();

        var outcome = await world.SubmitAsync(new MarketAction.Withdraw(lease));

        Assert.True(outcome is ActionOutcome.Done, outcome.ToString());
        Assert.Equal(500_000, world.Chain.BalanceOf(world.Provider.Address, "uact") - before); // all that there was, and no more
        var ended = (await world.Market.FindLeaseAsync(lease, default))!.Lease;
        Assert.Equal((LeaseState.InsufficientFunds, false), (ended.State, ended.IsRunning));
    }

    [Fact]
    public async Task Burst_200OrdersInOneBlock_AreBidOnInTheNextTwoBlocksWithFewTransactions()
    {
        await using var world = await ClientWorld.StartAsync(change: options => options.Balances = [Coin.Parse("1000000000uakt"), Coin.Parse("2000000000uact")]);
        ulong[] dseqs = [.. Enumerable.Range(1, 200).Select(i => (ulong)i)];
        foreach (var part in dseqs.Chunk(25))
        {
            var bytes = await world.Node.SignAsync(world.Tenant, [.. part.Select(dseq => Market.CreateDeployment(world.Tenant, dseq))], gas: 60_000_000);
            var sent = await world.Node.ResultAsync("broadcast_tx_sync", new JsonObject { ["tx"] = Convert.ToBase64String(bytes) });
            Assert.Equal(0, sent["code"]!.GetValue<int>());
            await world.Chain.ProduceBlockAsync();
        }

        var from = world.Chain.Height;
        var bids = dseqs.Select(dseq => world.SubmitAsync(world.Bid(dseq))).ToArray();
        await WaitingAsync(world, 4); // as many transactions as may be under way
        await world.Chain.ProduceBlockAsync();
        var state = world.Services.GetRequiredService<SenderState>();
        // Not only some: one that came a moment after the last block would wait for ever.
        await Eventually.BecomesTrueAsync("all other bids to wait in the pool", async () =>
        {
            var inFlight = state.InFlight.ToArray();
            return inFlight.Sum(transaction => transaction.Actions.Count) == bids.Count(bid => !bid.IsCompleted) && await WaitingCountAsync(world) == inFlight.Length;
        });
        await world.Chain.ProduceBlockAsync();
        var outcomes = await Task.WhenAll(bids);
        Assert.All(outcomes, outcome => Assert.InRange(Assert.IsType<ActionOutcome.Done>(outcome).Tick.Value, from + 1, from + 2));
        Assert.InRange(await world.CountTransactionsAsync(from + 1), 1, 12);
    }

    private static Task WaitingAsync(ClientWorld world, int count) => world.PoolHoldsAsync(count);

    private static Task<int> WaitingCountAsync(ClientWorld world) => world.CountPoolAsync();
}
