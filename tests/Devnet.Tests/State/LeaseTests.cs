using ProviderAgent.Chain.Mapping;
using ProviderAgent.Devnet.Modules;
using ProviderAgent.Devnet.Tests.Harness;
using ProviderAgent.Marketplace;
using BidState = ProviderAgent.Chain.Wire.Market.V1Beta5.Bid.Types.State;
using GroupState = ProviderAgent.Chain.Wire.Deployment.V1Beta4.Group.Types.State;
using LeaseState = ProviderAgent.Chain.Wire.Market.V1.Lease.Types.State;
using OrderState = ProviderAgent.Chain.Wire.Market.V1Beta5.Order.Types.State;
using WireReason = ProviderAgent.Chain.Wire.Market.V1.LeaseClosedReason;

namespace ProviderAgent.Devnet.Tests.State;

public sealed class LeaseTests
{
    [Fact]
    public void CreateLease_OpenBid_WinsAndTheOthersLoseWithTheirDepositBack()
    {
        using var chain = new TestChain();
        foreach (var key in new[] { chain.Provider, chain.Rival }) chain.Do(key, Market.CreateProvider(key));
        chain.Do(chain.Tenant, Market.CreateDeployment(chain.Tenant));
        foreach (var key in new[] { chain.Provider, chain.Rival }) chain.Do(key, Market.CreateBid(Market.Order(chain.Tenant), key));
        var rivalBefore = chain.Balance(chain.Rival, "uakt");
        var lease = Market.Lease(chain.Tenant, chain.Provider);

        var result = chain.Do(chain.Tenant, Market.CreateLease(lease));

        Assert.Equal(["EventLeaseCreated"], result.TypedEvents());
        Assert.Equal(LeaseState.Active, chain.State.Leases.Find(lease)!.State);
        Assert.Equal(OrderState.Active, chain.State.Orders.Find(lease.Order)!.State);
        Assert.Equal(BidState.Active, chain.State.Bids.Find(lease.Bid)!.State);
        Assert.Equal(BidState.Lost, chain.State.Bids.Find(new(lease.Order, chain.Rival.Address))!.State);
        Assert.Equal(rivalBefore + 500_000, chain.Balance(chain.Rival, "uakt"));
        Assert.Equal(500_000, chain.Balance(Bank.Escrow, "uakt"));
    }

    [Theory]
    [InlineData("no bid", 18u)]
    [InlineData("bid closed", 12u)]
    [InlineData("group paused", 12u)]
    public void CreateLease_NotPossible_IsRefused(string what, uint code)
    {
        using var chain = new TestChain();
        chain.Do(chain.Provider, Market.CreateProvider(chain.Provider));
        chain.Do(chain.Tenant, Market.CreateDeployment(chain.Tenant));
        var lease = Market.Lease(chain.Tenant, chain.Provider);
        if (what != "no bid") chain.Do(chain.Provider, Market.CreateBid(lease.Order, chain.Provider));
        if (what == "bid closed") chain.Do(chain.Provider, Market.CloseBid(lease));
        if (what == "group paused") chain.Do(chain.Tenant, new Wire.Deployment.V1Beta4.MsgPauseGroup { Id = Market.GroupId(chain.Tenant) });

        chain.Send(chain.Tenant, Market.CreateLease(lease)).Is("market", code);
    }

    [Fact]
    public void CloseBid_Open_GivesTheDepositBack()
    {
        using var chain = new TestChain();
        chain.Do(chain.Provider, Market.CreateProvider(chain.Provider));
        chain.Do(chain.Tenant, Market.CreateDeployment(chain.Tenant));
        var lease = Market.Lease(chain.Tenant, chain.Provider);
        chain.Do(chain.Provider, Market.CreateBid(lease.Order, chain.Provider));

        var result = chain.Do(chain.Provider, Market.CloseBid(lease));

        Assert.Equal(["EventBidClosed"], result.TypedEvents());
        Assert.Equal(BidState.Closed, chain.State.Bids.Find(lease.Bid)!.State);
        Assert.Equal(OrderState.Open, chain.State.Orders.Find(lease.Order)!.State);
        Assert.Equal(0, chain.Balance(Bank.Escrow, "uakt"));
    }

    [Fact]
    public void CloseBid_Active_EndsTheLeasePaysAndPausesTheGroup()
    {
        using var chain = new TestChain();
        var lease = chain.OpenLease();
        var earnedBefore = chain.Balance(chain.Provider);
        chain.Produce(9);

        var result = chain.Do(chain.Provider, Market.CloseBid(lease, WireReason.Unstable));

        Assert.Equal(["EventGroupPaused", "EventLeaseClosed", "EventBidClosed", "EventOrderClosed"], result.TypedEvents());
        var row = chain.State.Leases.Find(lease)!;
        Assert.Equal((LeaseState.Closed, WireReason.Unstable, chain.Height), (row.State, row.Reason, row.ClosedOn));
        Assert.Equal(GroupState.Paused, chain.State.Groups.Find(lease.Group)!.State);
        Assert.Equal(1, chain.State.Orders.Count);
        Assert.Equal(earnedBefore + 10 * 50, chain.Balance(chain.Provider));
        Assert.Equal(0, chain.Balance(Bank.Escrow, "uakt"));
    }

    [Theory]
    [InlineData(0, "market", 33u)]
    [InlineData(9_999, "market", 33u)]
    [InlineData(20_000, "market", 33u)]
    [InlineData(10_000, "", 0u)]
    [InlineData(19_999, "", 0u)]
    public void CloseBid_Reason_MustBeAProviders(int reason, string codespace, uint code)
    {
        using var chain = new TestChain();
        var lease = chain.OpenLease();

        chain.Submit(chain.Provider, Market.CloseBid(lease, (WireReason)reason)).Result().Is(codespace, code);
    }

    [Fact]
    public void CloseBid_LostOrUnknown_Is8Or6()
    {
        using var chain = new TestChain();
        chain.Do(chain.Rival, Market.CreateProvider(chain.Rival));
        chain.Do(chain.Provider, Market.CreateProvider(chain.Provider));
        chain.Do(chain.Tenant, Market.CreateDeployment(chain.Tenant));
        chain.Send(chain.Rival, Market.CloseBid(Market.Lease(chain.Tenant, chain.Rival))).Is("market", 6);
        foreach (var key in new[] { chain.Provider, chain.Rival }) chain.Do(key, Market.CreateBid(Market.Order(chain.Tenant), key));
        chain.Do(chain.Tenant, Market.CreateLease(Market.Lease(chain.Tenant, chain.Provider)));

        chain.Send(chain.Rival, Market.CloseBid(Market.Lease(chain.Tenant, chain.Rival))).Is("market", 8);
    }

    [Fact]
    public void CloseBid_LeaseClosedBefore_Is10()
    {
        using var chain = new TestChain();
        var lease = chain.OpenLease();
        chain.Do(chain.Provider, Market.CloseBid(lease));

        chain.Send(chain.Provider, Market.CloseBid(lease)).Is("market", 10);
    }

    [Fact]
    public void CloseLease_ByTenant_OpensTheNextOrderAtOnce()
    {
        using var chain = new TestChain();
        var lease = chain.OpenLease();
        chain.Produce(4);

        var result = chain.Do(chain.Tenant, Market.CloseLease(lease));

        Assert.Equal(["EventLeaseClosed", "EventBidClosed", "EventOrderClosed", "EventOrderCreated"], result.TypedEvents());
        var row = chain.State.Leases.Find(lease)!;
        Assert.Equal((LeaseState.Closed, WireReason.LeaseClosedOwner), (row.State, row.Reason));
        Assert.Equal(OrderState.Open, chain.State.Orders.Find(lease.Order with { Oseq = 2 })!.State);
        Assert.Equal(GroupState.Open, chain.State.Groups.Find(lease.Group)!.State);
        chain.Do(chain.Provider, Market.CreateBid(lease.Order with { Oseq = 2 }, chain.Provider));
    }

    [Fact]
    public void CloseLease_TwiceOrUnknown_IsRefused()
    {
        using var chain = new TestChain();
        var lease = chain.OpenLease();
        chain.Send(chain.Tenant, Market.CloseLease(Market.Lease(chain.Tenant, chain.Provider, dseq: 5))).Is("market", 15);
        chain.Send(chain.Tenant, Market.CloseLease(Market.Lease(chain.Tenant, chain.Rival))).Is("market", 18);
        chain.Do(chain.Tenant, Market.CloseLease(lease));

        chain.Send(chain.Tenant, Market.CloseLease(lease)).Is("market", 24);
    }

    [Fact]
    public void Withdraw_ManyBlocks_PaysTheWholePartAndTruncatesAtEachSettlement()
    {
        using var chain = new TestChain();
        var lease = chain.OpenLease(price: "5.931488");
        var before = chain.Balance(chain.Provider);
        chain.Produce(9);

        chain.Do(chain.Provider, Market.Withdraw(lease)); // 10 blocks since the lease began: 59.31488
        Assert.Equal(before + 59, chain.Balance(chain.Provider));

        chain.Do(chain.Provider, Market.Withdraw(lease)); // one block: 5.931488, nothing carried over
        Assert.Equal(before + 64, chain.Balance(chain.Provider));

        var payment = chain.State.EscrowPayments.Find(new(lease))!;
        Assert.Equal(64, payment.Withdrawn.Amount);
        Assert.Equal(Decimal18.Zero, payment.Balance);
    }

    [Fact]
    public void Withdraw_UnknownLease_Is7()
    {
        using var chain = new TestChain();

        chain.Send(chain.Provider, Market.Withdraw(Market.Lease(chain.Tenant, chain.Provider))).Is("market", 7);
    }

    [Fact]
    public void Withdraw_ClosedLease_IsEscrow7()
    {
        using var chain = new TestChain();
        var lease = chain.OpenLease();
        chain.Do(chain.Tenant, Market.CloseDeployment(chain.Tenant));

        chain.Send(chain.Provider, Market.Withdraw(lease)).Is("escrow", 7);
    }

    [Fact]
    public void Withdraw_TwiceInOneTransaction_PanicsAndTakesBackBoth()
    {
        using var chain = new TestChain();
        var lease = chain.OpenLease();
        chain.Produce(9);
        var before = chain.Balance(chain.Provider);
        var sequence = chain.State.Accounts.Find(chain.Provider.Address)!.Sequence;

        chain.Send(chain.Provider, Market.Withdraw(lease), Market.Withdraw(lease)).Is("undefined", 111222);

        Assert.Equal(before, chain.Balance(chain.Provider));
        Assert.Equal(sequence + 1, chain.State.Accounts.Find(chain.Provider.Address)!.Sequence);
    }

    [Fact]
    public void Withdraw_InTheBlockOfAnotherSettlement_Panics()
    {
        using var chain = new TestChain();
        var lease = chain.OpenLease();
        chain.Produce(9);
        var first = chain.Sign(chain.Provider, Market.Withdraw(lease));
        var second = chain.Sign(chain.Provider, Chain.Transactions.TransactionBuilder.Body([Market.Withdraw(lease)]), ahead: 1);
        Assert.Equal(0u, chain.Engine.Submit(first).Result().Code);
        Assert.Equal(0u, chain.Engine.Submit(second).Result().Code);

        var block = chain.Produce();

        block.Txs[0].Result.Is("", 0);
        block.Txs[1].Result.Is("undefined", 111222);
    }

    [Fact]
    public void CloseLease_InTheBlockOfAnotherSettlement_LeavesThePaymentOpen()
    {
        using var chain = new TestChain();
        var lease = chain.OpenLease();
        chain.Produce(9);
        chain.Engine.Submit(chain.Sign(chain.Provider, Market.Withdraw(lease))).Result().Is("", 0);
        chain.Engine.Submit(chain.Sign(chain.Tenant, Market.CloseLease(lease))).Result().Is("", 0);

        var block = chain.Produce();

        Assert.All(block.Txs, tx => tx.Result.Is("", 0));
        Assert.Equal(LeaseState.Closed, chain.State.Leases.Find(lease)!.State);
        Assert.Equal(Wire.Escrow.Types.State.Open, chain.State.EscrowPayments.Find(new(lease))!.State);
    }

    [Fact]
    public void SecondLeaseOfADeployment_IsPaidFromTheSameAccount()
    {
        using var chain = new TestChain();
        chain.Do(chain.Provider, Market.CreateProvider(chain.Provider));
        chain.Do(chain.Rival, Market.CreateProvider(chain.Rival));
        chain.Do(chain.Tenant, Market.CreateDeployment(chain.Tenant, groups: [Market.Group("one"), Market.Group("two")]));
        var (first, second) = (Market.Lease(chain.Tenant, chain.Provider), Market.Lease(chain.Tenant, chain.Rival, gseq: 2));
        chain.Do(chain.Provider, Market.CreateBid(first.Order, chain.Provider, "10"));
        chain.Do(chain.Rival, Market.CreateBid(second.Order, chain.Rival, "20"));
        chain.Do(chain.Tenant, Market.CreateLease(first));
        chain.Do(chain.Tenant, Market.CreateLease(second)); // settles one block of the first
        var (providerBefore, rivalBefore) = (chain.Balance(chain.Provider), chain.Balance(chain.Rival));
        chain.Produce(9);

        chain.Do(chain.Rival, Market.Withdraw(second));
        chain.Do(chain.Provider, Market.Withdraw(first));

        Assert.Equal(rivalBefore + 10 * 20, chain.Balance(chain.Rival));
        Assert.Equal(providerBefore + 12 * 10, chain.Balance(chain.Provider));
        Assert.Equal(WireIds.ToWire(first), chain.State.Leases.Find(first)!.ToWire().Id);
    }
}
