using ProviderAgent.Chain.Following;
using ProviderAgent.Chain.Sending;
using ProviderAgent.Chain.Tests.Scripted;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Tests.Sending;

/// <summary>Whatever gets lost on the way, and wherever the program is killed: an action is carried out once, or never and then the sender knows it.</summary>
public sealed class ExactlyOnceTests
{
    private static readonly MarketAction.PlaceBid Bid = TestKeys.PlaceBid(1);

    [Theory]
    [InlineData(NodeFault.LoseReply)]
    [InlineData(NodeFault.LoseRequest)]
    [InlineData(NodeFault.Hang)]
    [InlineData(NodeFault.Html)]
    [InlineData(NodeFault.BadGateway)]
    [InlineData(NodeFault.Truncated)]
    [InlineData(NodeFault.TooManyRequests)]
    [InlineData(NodeFault.WrongId)]
    [InlineData(NodeFault.Huge)]
    [InlineData(NodeFault.InternalError)]
    public async Task Broadcast_AnswerLostOrUseless_HappensOnce(NodeFault fault)
    {
        await using var fixture = await SenderFixture.CreateAsync(configure: options => options.TransactionTimeout = TimeSpan.FromSeconds(1));
        fixture.Node.Fail("broadcast_tx_sync", fault);

        var submitted = fixture.SubmitAsync(Bid);
        await fixture.WaitForPoolAsync();
        fixture.Chain.Produce();

        Assert.IsType<ActionOutcome.Done>(await submitted);
        Assert.Equal(1, fixture.TimesDone(Bid));
        Assert.Equal(1, fixture.Chain.TransactionCount);
        Assert.Equal(OutboxState.Included, Assert.Single(fixture.Outbox.Closed).State);
    }

    [Fact]
    public async Task Broadcast_ReplyLostAndIncludedMeanwhile_IsFoundInTheBlock()
    {
        await using var fixture = await SenderFixture.CreateAsync();
        fixture.Node.Fail("broadcast_tx_sync", NodeFault.LoseReply);
        fixture.Node.AfterAccept = () => fixture.Chain.Produce(); // before the sender can look or send again

        Assert.IsType<ActionOutcome.Done>(await fixture.SubmitAsync(Bid));
        Assert.Equal(1, fixture.TimesDone(Bid));
    }

    [Trait(Pain.Trait, Pain.NoTimeoutHeight)]
    [Trait(Pain.Trait, Pain.BidNeverOnChain)]
    [Fact]
    public async Task Broadcast_NeverIncluded_IsVoidAfterItsTimeoutAndSentAnew()
    {
        await using var fixture = await SenderFixture.CreateAsync();
        fixture.Node.SwallowsTransactions = true;
        var submitted = fixture.SubmitAsync(Bid);
        await Eventually.BecomesTrueAsync("the node has taken it", () => fixture.Node.Swallowed == 1);

        fixture.Chain.Produce(11); // the timeout is 10 blocks
        await Eventually.BecomesTrueAsync("it is known to be void", () => fixture.Outbox.Closed.Any(outcome => outcome.State == OutboxState.Expired));
        fixture.Node.SwallowsTransactions = false;
        fixture.KeepProducing();

        Assert.IsType<ActionOutcome.Done>(await submitted);
        Assert.Equal(1, fixture.TimesDone(Bid));
    }

    [Fact]
    public async Task Broadcast_IncludedLate_IsWaitedFor()
    {
        await using var fixture = await SenderFixture.CreateAsync();
        fixture.Chain.IncludesTransactions = false;
        var submitted = fixture.SubmitAsync(Bid);
        await fixture.WaitForPoolAsync();

        for (var i = 0; i < 8; i++)
        {
            fixture.Chain.Produce();
            var height = fixture.Chain.Height;
            await Eventually.BecomesTrueAsync("the sender has seen the block", () => fixture.Host.Get<HeadWatcher>().Head?.Height == height);
        }

        Assert.False(submitted.IsCompleted);
        fixture.Chain.IncludesTransactions = true;
        fixture.Chain.Produce();

        Assert.Equal(109, Assert.IsType<ActionOutcome.Done>(await submitted).Tick.Value);
        Assert.Equal(1, fixture.Chain.TransactionCount);
    }

    [Fact]
    public async Task Broadcast_NodeForgetsItsPool_IsSentAgainUnchanged()
    {
        await using var fixture = await SenderFixture.CreateAsync();
        fixture.Chain.IncludesTransactions = false;
        var submitted = fixture.SubmitAsync(Bid);
        await fixture.WaitForPoolAsync();
        var bytes = fixture.Node.Pool[0];

        fixture.Node.ForgetPool();
        fixture.Chain.Produce(3);
        await fixture.WaitForPoolAsync();
        Assert.Equal(bytes, fixture.Node.Pool[0]);
        fixture.Chain.IncludesTransactions = true;
        fixture.Chain.Produce();

        Assert.IsType<ActionOutcome.Done>(await submitted);
        Assert.Equal(1, fixture.TimesDone(Bid));
    }

    [Trait(Pain.Trait, Pain.BidNeverOnChain)]
    [Fact]
    public async Task Broadcast_SequenceTakenByAnotherProgram_IsSignedAnew()
    {
        await using var fixture = await SenderFixture.CreateAsync();
        fixture.Outbox.BeforeSave = (_, _) =>
        {
            fixture.Chain.UseSequence(); // after the simulation, before the broadcast
            fixture.Outbox.BeforeSave = (_, _) => Task.CompletedTask;
            fixture.Chain.Produce();
            return Task.CompletedTask;
        };

        var submitted = fixture.SubmitAsync(Bid);
        await fixture.WaitForPoolAsync();
        fixture.Chain.Produce();

        Assert.IsType<ActionOutcome.Done>(await submitted);
        Assert.Equal(1, fixture.TimesDone(Bid));
        Assert.Contains(fixture.Outbox.Closed, outcome => outcome.State == OutboxState.Expired);
        Assert.Empty(fixture.Outbox.Open);
    }

    [Fact]
    public async Task Simulate_SequenceTakenByAnotherProgram_IsCorrectedBeforeSending()
    {
        await using var fixture = await SenderFixture.CreateAsync();
        fixture.KeepProducing();
        await fixture.SubmitAsync(TestKeys.PlaceBid(9));
        fixture.Chain.UseSequence();
        fixture.Chain.UseSequence();

        Assert.IsType<ActionOutcome.Done>(await fixture.SubmitAsync(Bid));
        Assert.Equal(1, fixture.TimesDone(Bid));
        Assert.All(fixture.Outbox.Closed, outcome => Assert.Equal(OutboxState.Included, outcome.State));
    }

    [Fact]
    public async Task Prove_StateIsAheadOfTheBlocks_IsNotTakenForVoid()
    {
        // One answer comes from a node that has the block with the transaction, the next from one that has not.
        await using var fixture = await SenderFixture.CreateAsync();
        fixture.Node.Fail("broadcast_tx_sync", NodeFault.LoseReply, 1000);
        fixture.Node.HasIndex = false;
        fixture.Node.Abci.StateHeight = () => fixture.Chain.Height;
        fixture.Outbox.AfterSave = (_, _) =>
        {
            fixture.Node.Lag = 1;
            return Task.CompletedTask;
        };

        var submitted = fixture.SubmitAsync(Bid);
        await fixture.WaitForPoolAsync();
        fixture.Chain.Produce();
        var asked = fixture.Node.Calls.GetValueOrDefault("abci_query");
        await Eventually.BecomesTrueAsync("the used sequence was seen twice", () => fixture.Node.Calls.GetValueOrDefault("abci_query") > asked + 1);
        Assert.Empty(fixture.Outbox.Closed);
        fixture.Node.Lag = 0;

        Assert.IsType<ActionOutcome.Done>(await submitted);
        Assert.Equal(1, fixture.TimesDone(Bid));
    }

    [Fact]
    public async Task Broadcast_PoolFull_WaitsAndSendsTheSameAgain()
    {
        await using var fixture = await SenderFixture.CreateAsync();
        var refusals = 0;
        fixture.Node.Check = _ => Interlocked.Increment(ref refusals) <= 2 ? (20, "sdk", "mempool is full") : null;

        var submitted = fixture.SubmitAsync(Bid);
        await fixture.WaitForPoolAsync();
        fixture.Chain.Produce();

        Assert.IsType<ActionOutcome.Done>(await submitted);
        Assert.Single(fixture.Outbox.Closed);
    }

    [Fact]
    public async Task Broadcast_EndpointDiesWithTheTransaction_TheNextOneGetsTheSameBytes()
    {
        await using var fixture = await SenderFixture.CreateAsync(nodes: 2);
        var submitted = fixture.SubmitAsync(Bid);
        await fixture.WaitForPoolAsync();
        var bytes = fixture.Node.Pool[0];

        fixture.Node.ForgetPool();
        fixture.Node.IsDown = true;
        fixture.Chain.Produce(); // it is empty: nobody has the transaction any more
        await Eventually.BecomesTrueAsync("the second node has it", () => fixture.Nodes[1].Pool.Count == 1);
        Assert.Equal(bytes, fixture.Nodes[1].Pool[0]);
        fixture.Chain.Produce();

        Assert.IsType<ActionOutcome.Done>(await submitted);
        Assert.Equal(1, fixture.TimesDone(Bid));
    }

    [Fact]
    public async Task Save_OutboxBroken_NothingIsSentUntilItWorks()
    {
        await using var fixture = await SenderFixture.CreateAsync();
        var failures = 0;
        fixture.Outbox.BeforeSave = (_, _) => Interlocked.Increment(ref failures) <= 2 ? throw new IOException("disk full") : Task.CompletedTask;
        fixture.Node.Check = transaction => fixture.Outbox.Open.Any(row => row.Bytes.AsSpan().SequenceEqual(transaction)) ? null : (1, "test", "not written down");

        var submitted = fixture.SubmitAsync(Bid);
        await fixture.WaitForPoolAsync();
        fixture.Chain.Produce();

        Assert.IsType<ActionOutcome.Done>(await submitted);
        Assert.Equal(3, failures);
        Assert.True(fixture.Host.Log.Has("SendingBlocked"));
    }

    [Fact]
    public async Task Close_OutboxBroken_OutcomeIsTriedAgain()
    {
        await using var fixture = await SenderFixture.CreateAsync();
        var failures = 0;
        fixture.Outbox.BeforeClose = (_, _) => Interlocked.Increment(ref failures) <= 2 ? throw new IOException("disk full") : Task.CompletedTask;
        fixture.KeepProducing();

        Assert.IsType<ActionOutcome.Done>(await fixture.SubmitAsync(Bid));
        await Eventually.BecomesTrueAsync("the outcome is recorded", () => fixture.Outbox.Open.Count == 0);
        Assert.Equal(1, fixture.TimesDone(Bid));
    }
}
