using System.Text.Json.Nodes;
using ProviderAgent.Chain.Transactions;
using ProviderAgent.Devnet.Tests.Harness;
using ProviderAgent.Marketplace;
using ByteSize = ProviderAgent.Marketplace.ByteSize;
using WireDeposit = ProviderAgent.Chain.Wire.Escrow.V1.MsgAccountDeposit;

namespace ProviderAgent.Devnet.Tests.Client;

/// <summary>More rows of the table of faults: what nodes tell wrongly, at the wrong time or too much of, and rules that change under way.</summary>
public sealed class NodeFaultRowTests
{
    [Theory]
    [InlineData("duplicate")]
    [InlineData("reordered")]
    [InlineData("delayed")]
    public async Task Row15_NoticesOfBlocks_LeadToEachBlockOnceInOrder(string fault)
    {
        // Polled so seldom that only notices bring news.
        await using var world = await ClientWorld.StartAsync((options, _) => (options.Subscribe, options.PollInterval) = (true, TimeSpan.FromSeconds(30)));
        var from = world.Chain.Height;
        var to = from + 21;
        await Eventually.BecomesTrueAsync("the client to listen", () => world.HasLogged("Subscribed") || world.Market.Health.Tick?.Value >= from);
        (world.Chain.Faults.DuplicateNotices, world.Chain.Faults.ReorderNotices, world.Chain.Faults.LagBlocks) = (fault == "duplicate", fault == "reordered", fault == "delayed" ? 3 : 0);
        var (seen, orders) = (new List<long>(), 0);
        var following = Task.Run(async () =>
        {
            await foreach (var batch in world.Market.FollowAsync(new MarketPosition(from), default))
            {
                Assert.False(batch.HasGap);
                seen.Add(batch.Position.Value);
                orders += batch.Events.OfType<MarketEvent.OrderCreated>().Count();
                if (batch.Position.Value == to) break;
            }
        });
        world.Chain.Faults.LagBlocks = 0;
        await world.DeployAsync(100);
        if (fault == "delayed") world.Chain.Faults.LagBlocks = 3;
        for (var i = 0; i < 20; i++) await world.Chain.ProduceBlockAsync();
        world.Chain.Faults.LagBlocks = 0;
        for (var i = 0; !following.IsCompleted && i < 600; i++)
        {
            await world.Chain.ProduceBlockAsync(); // later ones, until the notice of one gets through
            await Task.WhenAny(following, Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System));
        }

        await following.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(Enumerable.Range((int)from + 1, 21).Select(height => (long)height), seen);
        Assert.Equal(1, orders);
    }

    [Fact]
    public async Task Row17_HalfOpenConnection_IsLeftForOneThatTalksAndNoBlockIsLost()
    {
        await using var world = await ClientWorld.StartAsync(start: false);
        var other = await world.Chain.AddNodeAsync();
        await world.StartClientAsync((options, _) =>
        {
            options.Endpoints.Add(new() { Rpc = other.RpcAddress });
            (options.Subscribe, options.StallAfter, options.QueryTimeout) = (true, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));
        });
        var from = world.Chain.Height;
        var seen = new List<long>();
        using var stop = new CancellationTokenSource();
        var following = Task.Run(async () =>
        {
            await foreach (var batch in world.Market.FollowAsync(new MarketPosition(from), stop.Token))
            {
                Assert.False(batch.HasGap);
                seen.Add(batch.Position.Value);
                if (batch.Position.Value >= from + 40) break;
            }
        });
        world.KeepProducing();
        await Eventually.BecomesTrueAsync("the first blocks", () => world.Market.Health.Tick?.Value > from + 5);

        // Connections stay open and say nothing any more, the subscription too.
        world.Chain.Faults.HoldReplies = true;

        await following.WaitAsync(TimeSpan.FromMinutes(1));
        await stop.CancelAsync();
        world.Chain.Faults.HoldReplies = false;
        Assert.Equal(Enumerable.Range(1, seen.Count).Select(i => from + i), seen);
    }

    public static TheoryData<string> BadAnswers() => ["refused", "502", "429", "html", "garbage", "truncated", "deep", "empty", "tls"];

    [Theory]
    [MemberData(nameof(BadAnswers))]
    public async Task Row18_EndpointThatAnswersNonsense_IsJustABadEndpoint(string kind)
    {
        using var bad = new CannedServer(kind);
        await using var world = await ClientWorld.StartAsync((options, _) => options.Endpoints.Insert(0, new() { Rpc = bad.Address }));
        await world.DeployAsync(100);
        world.KeepProducing();

        Assert.NotNull(await world.Market.FindOrderAsync(Market.Order(world.Tenant, 100), default));
        Assert.IsType<ActionOutcome.Done>(await world.SubmitAsync(world.Bid(100)));
        Assert.True(world.Market.Health.IsReachable, world.Market.Health.Detail);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Row18_ReplyOf100Megabytes_IsCutOffAndTheNextEndpointTaken(bool tellsLength)
    {
        using var flood = new FloodServer(100_000_000, tellsLength);
        await using var world = await ClientWorld.StartAsync((options, _) => options.Endpoints.Insert(0, new() { Rpc = flood.Address }));
        await world.DeployAsync(100);

        Assert.NotNull(await world.Market.FindOrderAsync(Market.Order(world.Tenant, 100), default));

        Assert.True(flood.Requests > 0);

        // The cap, what both sides' sockets hold, and not a byte more of the rest.
        Assert.InRange(flood.MostSent, 0, (32 * ByteSize.MiB) + SocketBuffers("tcp_rmem") + SocketBuffers("tcp_wmem"));
        if (tellsLength) Assert.InRange(flood.MostSent, 0, 16 * ByteSize.MiB);
    }

    /// <summary>The most that this machine's kernel keeps for one side of a connection: hosts differ.</summary>
    private static long SocketBuffers(string setting) =>
        long.Parse(File.ReadAllText($"/proc/sys/net/ipv4/{setting}").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[2], System.Globalization.CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Row19_TwoEndpointsDisagree_NothingEndsByOneEndpointsWord(bool liarFirst)
    {
        await using var world = await ClientWorld.StartAsync(start: false);
        var lease = await world.Node.OpenLeaseAsync();
        var liar = await world.Chain.AddNodeAsync();
        liar.Faults.Disagree = true;
        await world.StartClientAsync((options, _) =>
        {
            options.ConfirmOn = 2;
            options.Endpoints.Insert(liarFirst ? 0 : 1, new() { Rpc = liar.RpcAddress });
        });

        if (liarFirst)
        {
            var lease1 = await Assert.ThrowsAsync<MarketUnavailableException>(() => world.Market.FindLeaseAsync(lease, default));
            Assert.Contains("agree", lease1.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<MarketUnavailableException>(() => world.Market.FindDeploymentAsync(lease.Deployment, default));
        }
        else
        {
            Assert.True((await world.Market.FindLeaseAsync(lease, default))!.Lease.IsRunning);
        }

        // Once it has really ended, both say so.
        liar.Faults.Disagree = false;
        await world.Node.DoAsync(world.Tenant, Market.CloseLease(lease));
        Assert.False((await world.Market.FindLeaseAsync(lease, default))!.Lease.IsRunning);
    }

    [Fact]
    public async Task Row19_LaggingEndpoint_IsNotBelievedAboutWhatIsNew()
    {
        await using var world = await ClientWorld.StartAsync(start: false);
        await world.Chain.ProduceBlockAsync(60);
        var slow = await world.Chain.AddNodeAsync();
        await world.StartClientAsync((options, _) =>
        {
            options.ConfirmOn = 2;
            options.Endpoints.Insert(0, new() { Rpc = slow.RpcAddress });
        });
        Assert.Equal(world.Chain.Height, (await world.Market.GetTickAsync(default)).Value);

        slow.Faults.LagBlocks = 50;
        var lease = await world.Node.OpenLeaseAsync();
        await Eventually.BecomesTrueAsync("the other endpoint to be taken", () => world.Market.Health.Tick?.Value == world.Chain.Height);

        // The slow one has never heard of it; that must not look like an end.
        Assert.True((await world.Market.FindLeaseAsync(lease, default))!.Lease.IsRunning);
    }

    [Fact]
    public async Task Row20_ChainHaltsForAnHour_WhatWasSentWaitsAndHappensOnce()
    {
        var time = new ManualTimeProvider(TimeProvider.System.GetUtcNow());
        await using var world = await ClientWorld.StartAsync(time: time);
        await world.DeployAsync(100);
        var bid = world.SubmitAsync(world.Bid(100));
        await Eventually.BecomesTrueAsync("the bid to wait in the pool", async () =>
        {
            time.Advance(TimeSpan.FromMilliseconds(200));
            return await world.CountPoolAsync() == 1;
        });

        for (var minute = 0; minute < 60; minute++)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            await Task.Yield();
        }

        Assert.False(bid.IsCompleted);
        Assert.Single(world.Outbox.Open);
        Assert.Equal(1, await world.CountPoolAsync());
        var height = await world.Chain.ProduceBlockAsync();
        await Eventually.BecomesTrueAsync("the outcome", () =>
        {
            time.Advance(TimeSpan.FromMilliseconds(200));
            return bid.IsCompleted;
        });

        Assert.Equal(height, Assert.IsType<ActionOutcome.Done>(await bid).Tick.Value);
        Assert.Single(world.Outbox.Closed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    public async Task Row20_BlocksEverySecondOrMinute_AreNoAlarm(int seconds)
    {
        var time = new ManualTimeProvider(TimeProvider.System.GetUtcNow());
        await using var world = await ClientWorld.StartAsync((options, _) => (options.QueryTimeout, options.PollInterval) = (TimeSpan.FromMinutes(2), TimeSpan.FromMilliseconds(500)), time: time);
        for (var i = 0; i < 12; i++)
        {
            // In small steps, as time passes: each lets what polls do so.
            for (var passed = 0; passed < seconds * 2; passed++)
            {
                time.Advance(TimeSpan.FromMilliseconds(500));
                await Task.Yield();
            }

            await world.Chain.ProduceBlockAsync();
            await Eventually.BecomesTrueAsync("the block to be seen", () =>
            {
                if (world.Market.Health.Tick?.Value != world.Chain.Height) time.Advance(TimeSpan.FromMilliseconds(100));
                return world.Market.Health.Tick?.Value == world.Chain.Height;
            });
            Assert.True(world.Market.Health.IsReachable, world.Market.Health.Detail);
        }

        // The first few teach the pace; a stall is several times that.
        var alarms = world.CountLogged("NoNewBlock");
        Assert.InRange(alarms, 0, seconds == 1 ? 0 : 3);
    }

    [Trait(Pain.Trait, Pain.SequenceMismatch)]
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Row21_SequenceRace_OursIsInTheNextBlockAndNothingIsLost(bool grpc)
    {
        await using var world = await ClientWorld.StartAsync((options, chain) =>
        {
            if (grpc) options.Endpoints[0].Grpc = chain.GrpcAddress;
        });
        await world.DeployAsync(100);
        await world.Node.DoAsync(world.Provider, Market.CreateBid(Market.Order(world.Tenant, 100), world.Provider));
        await world.DeployAsync(200);
        var foreign = await world.Node.SignAsync(world.Provider, Market.CloseBid(world.Bid(100).Bid.Lease));

        // Simulated and signed while nobody else was there; when it arrives, the sequence is gone.
        world.Chain.Faults.RaceNextBroadcast(foreign);
        var ours = world.SubmitAsync(world.Bid(200));
        await Eventually.BecomesTrueAsync("the race to be lost", () => world.HasLogged("TransactionWrongSequence"));
        var height = await world.Chain.ProduceBlockAsync(); // the other one is in it; only blocks tell whose the sequence was
        await world.PoolHoldsAsync(1);
        await world.Chain.ProduceBlockAsync();

        Assert.Equal(height + 1, Assert.IsType<ActionOutcome.Done>(await ours).Tick.Value);
        Assert.Equal(2, world.Outbox.Closed.Count);
        Assert.NotNull(await world.Node.ResultAsync("tx", new JsonObject { ["hash"] = Convert.ToBase64String(TransactionHash.Of(foreign).ToBytes()) }));
    }

    [Fact]
    public async Task Row24_ParametersChangeAtAHeight_TheNewOnesAreReadAndKept()
    {
        await using var world = await ClientWorld.StartAsync(change: options => options.Changes.Add(new() { Height = 10, BidMinDeposits = [Coin.Parse("900000uakt")], OrderMaxBids = 7 }));
        await world.DeployAsync(100);
        await world.DeployAsync(200);
        Assert.Equal((21, 2), await Parameters(world)); // one more than the parameter gets in
        var first = world.SubmitAsync(world.Bid(100));
        await world.PoolHoldsAsync(1);
        await world.Chain.ProduceBlockAsync();
        Assert.IsType<ActionOutcome.Done>(await first);
        await world.Chain.ProduceBlockAsync((int)(10 - world.Chain.Height));
        var before = world.Chain.BalanceOf(world.Provider.Address, "uakt");

        var refused = Assert.IsType<ActionOutcome.Refused>(await world.SubmitAsync(world.Bid(200)));

        Assert.Equal((MarketRefusal.DepositInvalid, before), (refused.Reason, world.Chain.BalanceOf(world.Provider.Address, "uakt")));
        Assert.Equal((8, 1), await Parameters(world));
        world.KeepProducing();
        Assert.IsType<ActionOutcome.Done>(await world.SubmitAsync(world.Bid(200, "900000uakt")));

        static async Task<(int MaxBids, int Coins)> Parameters(ClientWorld world)
        {
            var parameters = await world.Market.GetParametersAsync(default);
            return (parameters.MaxBidsPerOrder, parameters.MinBidDeposits.Count);
        }
    }

    [Fact]
    public async Task Row24_NodeUpgradedAtAHeight_NewFieldsAreSentAfterItOnly()
    {
        var time = new ManualTimeProvider(TimeProvider.System.GetUtcNow());
        await using var world = await ClientWorld.StartAsync(
            change: options =>
            {
                options.Reclamation = false;
                options.Changes.Add(new() { Height = 10, Reclamation = true });
            },
            time: time);
        await world.DeployAsync(100);
        await world.DeployAsync(200);
        var old = await BidAsync(100);
        Assert.Null(await WindowAsync(100));
        await world.Chain.ProduceBlockAsync((int)(10 - world.Chain.Height));
        time.Advance(TimeSpan.FromMinutes(11)); // that a chain cannot do something is asked anew after ten

        var @new = await BidAsync(200);

        Assert.Equal(TimeSpan.FromHours(2), await WindowAsync(200));
        Assert.All([old, @new], outcome => Assert.IsType<ActionOutcome.Done>(outcome));

        async Task<ActionOutcome> BidAsync(ulong dseq)
        {
            var bid = world.SubmitAsync(world.Bid(dseq) with { ReclaimWindow = TimeSpan.FromHours(2) });
            await Eventually.BecomesTrueAsync("the outcome", async () =>
            {
                if (await world.CountPoolAsync() > 0) await world.Chain.ProduceBlockAsync();
                time.Advance(TimeSpan.FromMilliseconds(200));
                return bid.IsCompleted;
            });
            return await bid;
        }

        async Task<TimeSpan?> WindowAsync(ulong dseq) => (await world.Market.FindBidAsync(world.Bid(dseq).Bid, default))!.ReclaimWindow;
    }

    [Fact]
    public async Task Row27_TopUpInTheLastBlockWhileUnreachable_TheLeaseGoesOn()
    {
        await using var world = await ClientWorld.StartAsync();
        await world.DeployAsync(100, deposit: 500_000);
        var lease = Market.Lease(world.Tenant, world.Provider);
        await world.Node.DoAsync(world.Provider, Market.CreateBid(lease.Order, world.Provider, "100"));
        await world.Node.DoAsync(world.Tenant, Market.CreateLease(lease));
        var begun = world.Chain.Height;
        await world.Chain.ProduceBlockAsync(4_999); // the deposit lasts 5 000
        var deposit = new WireDeposit
        {
            Signer = world.Tenant.Address.Value,
            Id = new() { Scope = Wire.Escrow.Id.Scope.Deployment, Xid = $"{world.Tenant.Address}/100" },
            Deposit = new() { Amount = new() { Denom = "uact", Amount = "1000000" }, Sources = { Wire.Deposits.Source.Balance } },
        };
        await world.Node.ResultAsync("broadcast_tx_sync", new JsonObject { ["tx"] = Convert.ToBase64String(await world.Node.SignAsync(world.Tenant, deposit)) });

        world.Chain.Faults.RefuseConnections = true;
        await world.Chain.ProduceBlockAsync(); // the last one that was paid for, and the one with the top-up
        await world.Chain.ProduceBlockAsync(100);
        await Assert.ThrowsAsync<MarketUnavailableException>(() => world.Market.FindLeaseAsync(lease, default)); // not seen is not ended
        world.Chain.Faults.RefuseConnections = false;

        Assert.True((await world.Market.FindLeaseAsync(lease, default))!.Lease.IsRunning);
        var deployment = (await world.Market.FindDeploymentAsync(lease.Deployment, default))!;
        var now = await world.Market.GetTickAsync(default);
        Assert.Equal((1_500_000 / 100) - (now.Value - begun), (long)deployment.Escrow.TicksLeft(now, Rate.PerTick(Decimal18.FromInteger(100), Denom.Parse("uact"))));
        world.KeepProducing();
        Assert.IsType<ActionOutcome.Done>(await world.SubmitAsync(new MarketAction.Withdraw(lease)));
        Assert.True((await world.Market.FindLeaseAsync(lease, default))!.Lease.IsRunning);
    }
}
