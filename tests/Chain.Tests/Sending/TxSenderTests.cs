using ProviderAgent.Chain.Queries;
using ProviderAgent.Chain.Sending;
using ProviderAgent.Chain.Tests.Scripted;
using ProviderAgent.Chain.Wire.Market.V1Beta5;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Tests.Sending;

/// <summary>How actions get into transactions, and what their outcomes are.</summary>
public sealed class TxSenderTests
{
    [Fact]
    public async Task SubmitAsync_OneBid_IsDoneWithFeeHashAndTick()
    {
        await using var fixture = await SenderFixture.CreateAsync();
        var bid = TestKeys.PlaceBid(1);

        var submitted = fixture.SubmitAsync(bid);
        await fixture.WaitForPoolAsync();
        fixture.Chain.Produce();
        var done = Assert.IsType<ActionOutcome.Done>(await submitted);

        var transaction = Assert.Single(fixture.Chain.Blocks.SelectMany(block => block.Transactions));
        Assert.Equal(transaction.Hash.Hex, done.Transaction);
        Assert.Equal(fixture.Chain.Height, done.Tick.Value);
        Assert.Equal(Coin.Parse("3750uakt"), done.Fee); // 100000 gas, times 1.5, times 0.025
        Assert.Equal(150_000UL, ScriptedChain.Auth(transaction.Bytes).Fee.GasLimit);
        Assert.Equal(110, ScriptedChain.TimeoutOf(transaction.Bytes));
        Assert.Equal(1, fixture.TimesDone(bid));
        Assert.Empty(fixture.Outbox.Open);
        Assert.Equal(OutboxState.Included, Assert.Single(fixture.Outbox.Closed).State);
    }

    [Fact]
    public async Task SubmitAsync_WhatWaitsMeanwhile_SharesTheNextTransaction()
    {
        await using var fixture = await SenderFixture.CreateAsync(configure: options => (options.MaxInFlight, options.MaxBatch) = (1, 8));

        var first = fixture.SubmitAsync(TestKeys.PlaceBid(1));
        await fixture.WaitForPoolAsync();
        var others = Enumerable.Range(2, 9).Select(i => fixture.SubmitAsync(TestKeys.PlaceBid((ulong)i))).ToList();
        fixture.KeepProducing();
        await Task.WhenAll([first, .. others]);

        var sizes = fixture.Chain.Blocks.SelectMany(block => block.Transactions).Select(item => ScriptedChain.Body(item.Bytes).Messages.Count).ToArray();
        Assert.Equal(10, sizes.Sum());
        Assert.Equal(1, sizes[0]);
        Assert.All(sizes, size => Assert.InRange(size, 1, 8));
        Assert.InRange(sizes.Length, 3, 4);
    }

    [Fact]
    public async Task SubmitAsync_SeveralTransactionsUnderWay_LandInOneBlock()
    {
        await using var fixture = await SenderFixture.CreateAsync(configure: options => options.MaxBatch = 1);

        var submitted = Enumerable.Range(1, 4).Select(i => fixture.SubmitAsync(TestKeys.PlaceBid((ulong)i))).ToList();
        await fixture.WaitForPoolAsync(4);
        fixture.Chain.Produce();
        var outcomes = await Task.WhenAll(submitted);

        Assert.All(outcomes, outcome => Assert.Equal(101, Assert.IsType<ActionOutcome.Done>(outcome).Tick.Value));
    }

    [Fact]
    public async Task SubmitAsync_SettlementsOfOneDeployment_NeverShareABlock()
    {
        await using var fixture = await SenderFixture.CreateAsync();
        MarketAction[] actions =
        [
            TestKeys.Withdraw(1, 1), TestKeys.Withdraw(1, 2), new MarketAction.CloseBid(TestKeys.Bid(1, 3), LeaseCloseReason.Unspecified),
            TestKeys.Withdraw(2), TestKeys.Withdraw(3),
        ];

        var submitted = actions.Select(fixture.SubmitAsync).ToList();
        fixture.KeepProducing();
        var outcomes = await Task.WhenAll(submitted);

        Assert.All(outcomes, outcome => Assert.IsType<ActionOutcome.Done>(outcome));
        Assert.All(fixture.Chain.Blocks, block => Assert.InRange(block.Transactions.SelectMany(item => ScriptedChain.Body(item.Bytes).Messages).Count(SettlesFirst), 0, 1));
        Assert.Equal(3, fixture.Chain.Blocks.Sum(block => block.Transactions.SelectMany(item => ScriptedChain.Body(item.Bytes).Messages).Count(SettlesFirst)));

        static bool SettlesFirst(Google.Protobuf.WellKnownTypes.Any message) => message.TypeUrl.EndsWith("MsgWithdrawLease", StringComparison.Ordinal)
            ? MsgWithdrawLease.Parser.ParseFrom(message.Value).Id.Dseq == 1
            : MsgCloseBid.Parser.ParseFrom(message.Value).Id.Dseq == 1;
    }

    [Fact]
    public async Task SubmitAsync_OneMessageFailsInTheBlock_OthersAreTriedAgainAndFeesAddUp()
    {
        await using var fixture = await SenderFixture.CreateAsync(configure: options => options.MaxInFlight = 1);
        fixture.Chain.Execute = body =>
        {
            var bad = body.Messages.ToList().FindIndex(message => MsgCreateBid.Parser.ParseFrom(message.Value).Id.Dseq == 3);
            return bad < 0 ? new Execution() : new Execution(24, "market", $"failed to execute message; message index: {bad}: order closed");
        };
        var blocker = fixture.SubmitAsync(TestKeys.PlaceBid(1));
        await fixture.WaitForPoolAsync();
        var submitted = Enumerable.Range(2, 3).Select(i => fixture.SubmitAsync(TestKeys.PlaceBid((ulong)i))).ToList();

        fixture.KeepProducing();
        var outcomes = await Task.WhenAll([blocker, .. submitted]);

        var refused = Assert.IsType<ActionOutcome.Refused>(outcomes[2]);
        Assert.Equal(MarketRefusal.OrderNotOpen, refused.Reason);
        Assert.All([outcomes[0], outcomes[1], outcomes[3]], outcome => Assert.IsType<ActionOutcome.Done>(outcome));
        Assert.All([2UL, 4UL], dseq => Assert.Equal(1, fixture.TimesDone(TestKeys.PlaceBid(dseq))));
        var paid = fixture.Chain.Blocks.SelectMany(block => block.Transactions).Sum(item => long.Parse(ScriptedChain.Auth(item.Bytes).Fee.Amount[0].Amount));
        Assert.Equal(paid, outcomes.Sum(FeeOf));
    }

    [Fact]
    public async Task SubmitAsync_FailureThatNamesNoMessage_IsIsolated()
    {
        await using var fixture = await SenderFixture.CreateAsync(configure: options => options.MaxInFlight = 1);
        fixture.Chain.Execute = body => body.Messages.Any(message => MsgWithdrawLease.Parser.ParseFrom(message.Value).Id.Dseq == 3)
            ? new Execution(111222, "undefined", "recovered: invalid operation: panic")
            : new Execution();
        var blocker = fixture.SubmitAsync(TestKeys.Withdraw(1));
        await fixture.WaitForPoolAsync();
        var submitted = Enumerable.Range(2, 3).Select(i => fixture.SubmitAsync(TestKeys.Withdraw((ulong)i))).ToList();

        fixture.KeepProducing();
        var outcomes = await Task.WhenAll([blocker, .. submitted]);

        Assert.IsType<ActionOutcome.Refused>(outcomes[2]);
        Assert.All([outcomes[0], outcomes[1], outcomes[3]], outcome => Assert.IsType<ActionOutcome.Done>(outcome));
    }

    [Fact]
    public async Task SubmitAsync_RefusedBySimulation_CostsNothingAndOthersGo()
    {
        await using var fixture = await SenderFixture.CreateAsync();
        fixture.Node.Abci.Simulation = body =>
        {
            var bad = body.Messages.ToList().FindIndex(message => MsgCreateBid.Parser.ParseFrom(message.Value).Id.Dseq == 2);
            return bad < 0 ? (100_000, null) : (0, $"failed to execute message; message index: {bad}: invalid bid: bid exists from provider with gas used: '81234'");
        };

        fixture.KeepProducing();
        var outcomes = await Task.WhenAll(Enumerable.Range(1, 3).Select(i => fixture.SubmitAsync(TestKeys.PlaceBid((ulong)i))));

        var refused = Assert.IsType<ActionOutcome.Refused>(outcomes[1]);
        Assert.Equal(MarketRefusal.BidExists, refused.Reason);
        Assert.Equal(0, refused.Fee.Amount);
        Assert.IsType<ActionOutcome.Done>(outcomes[0]);
        Assert.IsType<ActionOutcome.Done>(outcomes[2]);
        Assert.Equal(0, fixture.TimesDone(TestKeys.PlaceBid(2)));
    }

    [Fact]
    public async Task SubmitAsync_OutOfGas_IsTriedWithMoreUntilItFits()
    {
        await using var fixture = await SenderFixture.CreateAsync();
        fixture.Chain.Execute = _ =>
        {
            var limit = ScriptedChain.Auth(fixture.Node.Pool[0]).Fee.GasLimit;
            return limit < 200_000 ? new Execution(11, "sdk", $"out of gas in location: WritePerByte; gasWanted: {limit}, gasUsed: 199999: out of gas") : new Execution();
        };

        fixture.KeepProducing();
        var done = Assert.IsType<ActionOutcome.Done>(await fixture.SubmitAsync(TestKeys.PlaceBid(1)));

        Assert.Equal(3750 + 5625, done.Fee.Amount); // the failed attempt at 150000 gas, then 225000
        Assert.Equal(1, fixture.TimesDone(TestKeys.PlaceBid(1)));
    }

    [Fact]
    public async Task SubmitAsync_GasAboveTheCeiling_IsRefusedBeforePaying()
    {
        await using var fixture = await SenderFixture.CreateAsync(configure: options => options.Gas.Ceiling = 100_000);
        fixture.Node.Abci.Simulation = _ => (100_001, null);

        var refused = Assert.IsType<ActionOutcome.Refused>(await fixture.SubmitAsync(TestKeys.PlaceBid(1)));

        Assert.Contains("chain.gas.ceiling", refused.Detail);
        Assert.Equal(0, fixture.Chain.TransactionCount);
        Assert.Empty(fixture.Node.Pool);
    }

    [Fact]
    public async Task SubmitAsync_NodeAsksForMore_PaysUpToTheLimitOnly()
    {
        await using var fixture = await SenderFixture.CreateAsync();
        fixture.Node.Abci.MinimumGasPrice = "0.05uakt,7uact";
        fixture.KeepProducing();
        var more = Assert.IsType<ActionOutcome.Done>(await fixture.SubmitAsync(TestKeys.PlaceBid(1)));
        Assert.Equal(7500, more.Fee.Amount);

        await using var greedy = await SenderFixture.CreateAsync();
        greedy.Node.Abci.MinimumGasPrice = "1000uakt";
        greedy.Node.Check = transaction => long.Parse(ScriptedChain.Auth(transaction).Fee.Amount[0].Amount) < 1_000_000
            ? (13, "sdk", "insufficient fees; got: 15000uakt required: 150000000uakt: insufficient fee")
            : null;
        var refused = Assert.IsType<ActionOutcome.Refused>(await greedy.SubmitAsync(TestKeys.PlaceBid(1)));
        Assert.Equal(MarketRefusal.FeeTooLow, refused.Reason);
        Assert.Equal(OutboxState.Rejected, Assert.Single(greedy.Outbox.Closed).State);
    }

    [Fact]
    public async Task SubmitAsync_FeeRaisedWhileRunning_IsLearnedFromTheRefusal()
    {
        await using var fixture = await SenderFixture.CreateAsync();
        fixture.KeepProducing();
        await fixture.SubmitAsync(TestKeys.PlaceBid(1));
        fixture.Node.Abci.MinimumGasPrice = "0.04uakt";
        fixture.Node.Check = transaction => ScriptedChain.Auth(transaction).Fee.Amount[0].Amount == "3750" ? (13, "sdk", "insufficient fee") : null;

        var done = Assert.IsType<ActionOutcome.Done>(await fixture.SubmitAsync(TestKeys.PlaceBid(2)));

        Assert.Equal(6000, done.Fee.Amount);
    }

    [Fact]
    public async Task SubmitAsync_NoMoneyOrNoAccount_IsRefused()
    {
        await using var poor = await SenderFixture.CreateAsync();
        poor.Node.Check = _ => (5, "sdk", "spendable balance 0uakt is smaller than 3750uakt: insufficient funds");
        Assert.Equal(MarketRefusal.InsufficientFunds, Assert.IsType<ActionOutcome.Refused>(await poor.SubmitAsync(TestKeys.PlaceBid(1))).Reason);

        await using var unknown = await SenderFixture.CreateAsync();
        unknown.Chain.HasAccount = false;
        var refused = Assert.IsType<ActionOutcome.Refused>(await unknown.SubmitAsync(TestKeys.PlaceBid(1)));
        Assert.Equal(MarketRefusal.Unauthorized, refused.Reason);
        Assert.Contains("send it some uakt", refused.Detail);
    }

    [Fact]
    public async Task SubmitAsync_OldChain_DoesNotGetTheReclaimWindow()
    {
        await using var fixture = await SenderFixture.CreateAsync();
        var hasReclamation = false;
        fixture.Node.Abci.On(QueryPaths.MarketParams, _ => new QueryParamsResponse
        {
            Params = new()
            {
                BidMinDeposits = { new Wire.Base.Coin { Denom = "uakt", Amount = "500000" } },
                MaxReclamationWindow = hasReclamation ? new() { Seconds = 720 * 3600 } : null,
            },
        });
        fixture.KeepProducing();
        var action = TestKeys.PlaceBid(1) with { ReclaimWindow = TimeSpan.FromDays(1) };

        await fixture.SubmitAsync(action);
        var start = await fixture.SubmitAsync(new MarketAction.StartReclaim(TestKeys.Bid(1).Lease, LeaseCloseReason.Decommission));

        Assert.Equal(0, fixture.TimesDone(action));
        Assert.Equal(1, fixture.TimesDone(TestKeys.PlaceBid(1)));
        Assert.IsType<ActionOutcome.Refused>(start);

        hasReclamation = true;
        await fixture.KillAsync();
        await fixture.StartAsync();
        await fixture.SubmitAsync(TestKeys.PlaceBid(2) with { ReclaimWindow = TimeSpan.FromDays(1) });
        Assert.Equal(1, fixture.TimesDone(TestKeys.PlaceBid(2) with { ReclaimWindow = TimeSpan.FromDays(1) }));
    }

    [Fact]
    public async Task SubmitAsync_NotOurs_Throws()
    {
        await using var fixture = await SenderFixture.CreateAsync();
        var foreign = new BidId(TestKeys.Bid(1).Order, TestKeys.Other);

        await Assert.ThrowsAsync<ArgumentException>(() => fixture.SubmitAsync(new MarketAction.CloseBid(foreign, LeaseCloseReason.Unspecified)));
        await Assert.ThrowsAsync<ArgumentException>(() => fixture.SubmitAsync(new MarketAction.CloseBid(TestKeys.Bid(1), LeaseCloseReason.Owner)));
        await Assert.ThrowsAsync<ArgumentException>(() =>
            fixture.SubmitAsync(TestKeys.PlaceBid(1) with { Price = new Rate(Decimal18.One, Denom.Parse("uact"), TimeBase.Month) }));
    }

    private static long FeeOf(ActionOutcome outcome) => outcome switch
    {
        ActionOutcome.Done done => done.Fee.Amount,
        ActionOutcome.Refused refused => refused.Fee.Amount,
        _ => throw new InvalidOperationException(),
    };
}
