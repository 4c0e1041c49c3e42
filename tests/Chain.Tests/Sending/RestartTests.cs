using ProviderAgent.Chain.Sending;
using ProviderAgent.Chain.Tests.Scripted;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Tests.Sending;

/// <summary>The sender is killed at each step in turn and started again over the same outbox.</summary>
public sealed class RestartTests
{
    private static readonly MarketAction.PlaceBid Bid = TestKeys.PlaceBid(1);

    [Fact]
    public async Task KilledBeforeSave_NothingHappens()
    {
        await using var fixture = await SenderFixture.CreateAsync();
        var reached = Block(out var block);
        fixture.Outbox.BeforeSave = (_, ct) => block(ct);
        _ = fixture.SubmitAsync(Bid);
        await reached;
        await fixture.KillAsync();

        fixture.Outbox.BeforeSave = (_, _) => Task.CompletedTask;
        await RestartAndSettleAsync(fixture);

        Assert.Equal(0, fixture.TimesDone(Bid));
        Assert.Empty(fixture.Outbox.Closed);
    }

    [Fact]
    public async Task KilledBetweenSaveAndBroadcast_TheSameBytesAreSent()
    {
        await using var fixture = await SenderFixture.CreateAsync();
        var reached = Block(out var block);
        fixture.Outbox.AfterSave = (_, ct) => block(ct);
        _ = fixture.SubmitAsync(Bid);
        await reached;
        await fixture.KillAsync();
        var saved = Assert.Single(fixture.Outbox.Open);
        Assert.Empty(fixture.Node.Pool);

        fixture.Outbox.AfterSave = (_, _) => Task.CompletedTask;
        await RestartAndSettleAsync(fixture);

        Assert.Equal(1, fixture.TimesDone(Bid));
        Assert.Equal(saved.Hash, Assert.Single(fixture.Chain.Blocks.SelectMany(item => item.Transactions)).Hash.Hex);
    }

    [Fact]
    public async Task KilledDuringBroadcast_HappensOnce()
    {
        await using var fixture = await SenderFixture.CreateAsync();
        fixture.Node.Fail("broadcast_tx_sync", NodeFault.LoseReply);
        _ = fixture.SubmitAsync(Bid);
        await fixture.WaitForPoolAsync();
        await fixture.KillAsync();

        await RestartAndSettleAsync(fixture);

        Assert.Equal(1, fixture.TimesDone(Bid));
        Assert.Equal(1, fixture.Chain.TransactionCount);
    }

    [Fact]
    public async Task KilledWhileItWaitsAndNodeRestartsToo_HappensOnce()
    {
        await using var fixture = await SenderFixture.CreateAsync();
        _ = fixture.SubmitAsync(Bid);
        await fixture.WaitForPoolAsync();
        await fixture.KillAsync();
        fixture.Node.ForgetPool();

        await RestartAndSettleAsync(fixture);

        Assert.Equal(1, fixture.TimesDone(Bid));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task KilledBetweenBlockAndOutcome_IsFoundWithAndWithoutIndex(bool hasIndex)
    {
        await using var fixture = await SenderFixture.CreateAsync();
        fixture.Node.HasIndex = hasIndex;
        var reached = Block(out var block);
        fixture.Outbox.BeforeClose = (_, ct) => block(ct);
        _ = fixture.SubmitAsync(Bid);
        await fixture.WaitForPoolAsync();
        fixture.Chain.Produce();
        await reached;
        await fixture.KillAsync();
        Assert.Single(fixture.Outbox.Open);
        fixture.Chain.Produce(50); // a long time later

        fixture.Outbox.BeforeClose = (_, _) => Task.CompletedTask;
        await RestartAndSettleAsync(fixture, produce: false);

        var outcome = Assert.Single(fixture.Outbox.Closed);
        Assert.Equal((OutboxState.Included, (long?)101), (outcome.State, outcome.Height));
        Assert.Equal(1, fixture.TimesDone(Bid));
    }

    [Fact]
    public async Task KilledLongAgoAndNeverSent_IsVoidAndNotSent()
    {
        await using var fixture = await SenderFixture.CreateAsync();
        var reached = Block(out var block);
        fixture.Outbox.AfterSave = (_, ct) => block(ct);
        _ = fixture.SubmitAsync(Bid);
        await reached;
        await fixture.KillAsync();
        fixture.Chain.Produce(50);
        var before = fixture.Node.Calls.GetValueOrDefault("broadcast_tx_sync");

        fixture.Outbox.AfterSave = (_, _) => Task.CompletedTask;
        await RestartAndSettleAsync(fixture, produce: false);

        Assert.Equal(OutboxState.Expired, Assert.Single(fixture.Outbox.Closed).State);
        Assert.Equal(0, fixture.TimesDone(Bid));
        Assert.Equal(before, fixture.Node.Calls.GetValueOrDefault("broadcast_tx_sync"));
    }

    [Fact]
    public async Task KilledLongAgoAndHistoryGone_IsUnknownAndDoesNotBlock()
    {
        await using var fixture = await SenderFixture.CreateAsync();
        fixture.Node.HasIndex = false;
        var reached = Block(out var block);
        fixture.Outbox.BeforeClose = (_, ct) => block(ct);
        _ = fixture.SubmitAsync(Bid);
        await fixture.WaitForPoolAsync();
        fixture.Chain.Produce();
        await reached;
        await fixture.KillAsync();
        fixture.Chain.Produce(50);
        fixture.Chain.Earliest = 140;

        fixture.Outbox.BeforeClose = (_, _) => Task.CompletedTask;
        await RestartAndSettleAsync(fixture, produce: false);

        Assert.Equal(OutboxState.Unknown, Assert.Single(fixture.Outbox.Closed).State);
        fixture.KeepProducing();
        Assert.IsType<ActionOutcome.Done>(await fixture.SubmitAsync(TestKeys.PlaceBid(2)));
    }

    [Fact]
    public async Task SeveralLeftOpen_AreSettledInTheirOrderBeforeAnythingNew()
    {
        await using var fixture = await SenderFixture.CreateAsync(configure: options => options.MaxBatch = 1);
        fixture.Chain.IncludesTransactions = false;
        for (var i = 1UL; i <= 3; i++)
        {
            _ = fixture.SubmitAsync(TestKeys.PlaceBid(i));
            await fixture.WaitForPoolAsync((int)i);
        }

        await fixture.KillAsync();
        fixture.Node.ForgetPool();
        fixture.Chain.IncludesTransactions = true;
        await fixture.StartAsync(options => options.MaxBatch = 1);
        var fresh = fixture.SubmitAsync(TestKeys.PlaceBid(4));
        await fixture.WaitForPoolAsync(3);
        Assert.Equal(3, fixture.Node.Pool.Count);
        Assert.False(fixture.Market.SettleAsync(CancellationToken.None).IsCompleted);
        fixture.KeepProducing();
        await fixture.Market.SettleAsync(CancellationToken.None);

        Assert.IsType<ActionOutcome.Done>(await fresh);
        Assert.All([1UL, 2UL, 3UL, 4UL], dseq => Assert.Equal(1, fixture.TimesDone(TestKeys.PlaceBid(dseq))));
    }

    [Fact]
    public async Task DamagedRow_IsSetAsideAndDoesNotBlock()
    {
        await using var fixture = await SenderFixture.CreateAsync(start: false);
        fixture.Outbox.Put(new(new string('A', 64), [1, 2, 3], 5, 110, "damaged", TimeProvider.System.GetUtcNow()));

        await RestartAndSettleAsync(fixture);

        Assert.Equal(OutboxState.Unknown, Assert.Single(fixture.Outbox.Closed).State);
        Assert.Equal(0, fixture.Node.Calls.GetValueOrDefault("broadcast_tx_sync"));
    }

    [Fact]
    public async Task SettleAsync_ChainAway_WaitsForIt()
    {
        await using var fixture = await SenderFixture.CreateAsync();
        _ = fixture.SubmitAsync(Bid);
        await fixture.WaitForPoolAsync();
        await fixture.KillAsync();
        fixture.Node.IsDown = true;

        await fixture.StartAsync();
        var settled = fixture.Market.SettleAsync(CancellationToken.None);
        await Eventually.BecomesTrueAsync("the sender has tried", () => fixture.Host.Log.Has("SendingWaits"));
        Assert.False(settled.IsCompleted);
        fixture.Node.IsDown = false;
        fixture.KeepProducing();
        await settled;

        Assert.Equal(1, fixture.TimesDone(Bid));
    }

    private static async Task RestartAndSettleAsync(SenderFixture fixture, bool produce = true)
    {
        await fixture.StartAsync();
        if (produce) fixture.KeepProducing();
        await fixture.Market.SettleAsync(CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Empty(fixture.Outbox.Open);
    }

    /// <summary>A step that is reached and then never ends, until it is killed.</summary>
    private static Task Block(out Func<CancellationToken, Task> block)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        block = async ct =>
        {
            reached.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
        };
        return reached.Task.WaitAsync(TimeSpan.FromMinutes(2));
    }
}
