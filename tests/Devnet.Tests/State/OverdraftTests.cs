using ProviderAgent.Devnet.Modules;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Devnet.Tests.Harness;
using ProviderAgent.Marketplace;
using BidState = ProviderAgent.Chain.Wire.Market.V1Beta5.Bid.Types.State;
using DeploymentState = ProviderAgent.Chain.Wire.Deployment.V1.Deployment.Types.State;
using EscrowState = ProviderAgent.Chain.Wire.Escrow.Types.State;
using GroupState = ProviderAgent.Chain.Wire.Deployment.V1Beta4.Group.Types.State;
using LeaseState = ProviderAgent.Chain.Wire.Market.V1.Lease.Types.State;
using OrderState = ProviderAgent.Chain.Wire.Market.V1Beta5.Order.Types.State;
using WireReason = ProviderAgent.Chain.Wire.Market.V1.LeaseClosedReason;

namespace ProviderAgent.Devnet.Tests.State;

public sealed class OverdraftTests
{
    // 500 000 at 50 000 a block last ten blocks.
    private const string Price = "50000";
    private const long Deposit = 500_000;

    [Fact]
    public void NobodyTouchesTheAccount_ABrokeLeaseRunsOn()
    {
        using var chain = Open(out var lease);

        chain.Produce(50);

        Assert.Equal(LeaseState.Active, chain.State.Leases.Find(lease)!.State);
        Assert.Equal(EscrowState.Open, Account(chain).State);
    }

    [Fact]
    public void Withdraw_MoneyJustSuffices_NothingEnds()
    {
        using var chain = Open(out var lease);
        chain.Produce(9);

        chain.Do(chain.Provider, Market.Withdraw(lease));

        Assert.Equal(EscrowState.Open, Account(chain).State);
        Assert.Equal(Decimal18.Zero, Account(chain).Funds[0].Amount);
        Assert.Equal(LeaseState.Active, chain.State.Leases.Find(lease)!.State);
    }

    [Fact]
    public void Withdraw_MoneyDoesNotSuffice_PaysWhatThereIsAndClosesEverything()
    {
        using var chain = Open(out var lease);
        var before = chain.Balance(chain.Provider);
        chain.Produce(10);

        var result = chain.Do(chain.Provider, Market.Withdraw(lease));

        Assert.Equal(
            ["EventDeploymentClosed", "EventGroupClosed", "EventOrderClosed", "EventBidClosed", "EventLeaseClosed"], result.TypedEvents());
        Assert.Equal(before + Deposit, chain.Balance(chain.Provider));
        var row = chain.State.Leases.Find(lease)!;
        Assert.Equal((LeaseState.InsufficientFunds, WireReason.InsufficientFunds), (row.State, row.Reason));
        Assert.Equal(DeploymentState.Closed, chain.State.Deployments.Find(lease.Deployment)!.State);
        Assert.Equal(GroupState.InsufficientFunds, chain.State.Groups.Find(lease.Group)!.State);
        Assert.Equal(OrderState.Closed, chain.State.Orders.Find(lease.Order)!.State);
        Assert.Equal(BidState.Closed, chain.State.Bids.Find(lease.Bid)!.State);
        var account = Account(chain);
        Assert.Equal(EscrowState.Overdrawn, account.State);
        Assert.Equal(Decimal18.FromInteger(-50_000), account.Funds[0].Amount);
        var payment = chain.State.EscrowPayments.Find(new(lease))!;
        Assert.Equal((EscrowState.Overdrawn, Decimal18.FromInteger(50_000)), (payment.State, payment.Unsettled));
        Assert.Equal(0, chain.Balance(Bank.Escrow, "uakt"));
    }

    [Fact]
    public void Withdraw_AfterTheOverdraft_IsEscrow7()
    {
        using var chain = Open(out var lease);
        chain.Produce(20);
        chain.Do(chain.Provider, Market.Withdraw(lease));

        chain.Send(chain.Provider, Market.Withdraw(lease)).Is("escrow", 7);
    }

    [Fact]
    public void Deposit_IntoAnOverdrawnAccount_PaysTheDebtClosesAndReturnsTheRest()
    {
        using var chain = Open(out var lease);
        chain.Produce(11);
        chain.Do(chain.Provider, Market.Withdraw(lease)); // 12 blocks due, 10 paid: 100 000 missing
        var (earned, tenant) = (chain.Balance(chain.Provider), chain.Balance(chain.Tenant));

        chain.Do(chain.Tenant, Market.AddDeposit(chain.Tenant, lease.Deployment, 250_000));

        Assert.Equal(EscrowState.Closed, Account(chain).State);
        Assert.Equal(earned + 100_000, chain.Balance(chain.Provider));
        Assert.Equal(tenant - 100_000, chain.Balance(chain.Tenant));
        Assert.Equal(EscrowState.Closed, chain.State.EscrowPayments.Find(new(lease))!.State);
        chain.Send(chain.Tenant, Market.AddDeposit(chain.Tenant, lease.Deployment, 1)).Is("escrow", 2);
    }

    [Fact]
    public void Deposit_TooSmallForTheDebt_LeavesTheAccountOverdrawn()
    {
        using var chain = Open(out var lease);
        chain.Produce(11);
        chain.Do(chain.Provider, Market.Withdraw(lease));
        var earned = chain.Balance(chain.Provider);

        chain.Do(chain.Tenant, Market.AddDeposit(chain.Tenant, lease.Deployment, 60_000));

        Assert.Equal(EscrowState.Overdrawn, Account(chain).State);
        Assert.Equal(earned + 60_000, chain.Balance(chain.Provider));
        Assert.Equal(Decimal18.FromInteger(40_000), chain.State.EscrowPayments.Find(new(lease))!.Unsettled);
    }

    [Fact]
    public void CloseDeployment_Overdrawn_ClosesAsInsufficientFunds()
    {
        using var chain = Open(out var lease);
        chain.Produce(30);

        chain.Do(chain.Tenant, Market.CloseDeployment(chain.Tenant));

        Assert.Equal(LeaseState.InsufficientFunds, chain.State.Leases.Find(lease)!.State);
        Assert.Equal(GroupState.InsufficientFunds, chain.State.Groups.Find(lease.Group)!.State);
    }

    [Fact]
    public void CloseLease_Overdrawn_ClosesTheDeploymentAndOpensNoOrder()
    {
        using var chain = Open(out var lease);
        chain.Produce(30);

        chain.Do(chain.Tenant, Market.CloseLease(lease));

        Assert.Equal(1, chain.State.Orders.Count);
        Assert.Equal(DeploymentState.Closed, chain.State.Deployments.Find(lease.Deployment)!.State);
    }

    [Fact]
    public void Overdraft_DepositsInAnotherCoin_GoBack()
    {
        using var chain = Open(out var lease);
        chain.Do(chain.Rival, Market.AddDeposit(chain.Rival, lease.Deployment, 700_000, "uakt"));
        var before = chain.Balance(chain.Rival, "uakt");
        chain.Produce(20);

        chain.Do(chain.Provider, Market.Withdraw(lease));

        Assert.Equal(before + 700_000, chain.Balance(chain.Rival, "uakt"));
        Assert.Equal(0, chain.Balance(Bank.Escrow, "uakt"));
        Assert.Equal(0, chain.Balance(Bank.Escrow));
    }

    [Fact]
    public void CreateLease_AccountOverdrawn_IsEscrow4()
    {
        using var chain = new TestChain();
        chain.Do(chain.Provider, Market.CreateProvider(chain.Provider));
        chain.Do(chain.Rival, Market.CreateProvider(chain.Rival));
        var groups = new[] { Market.Group("one", Market.Unit(price: Price)), Market.Group("two", Market.Unit(price: Price)) };
        chain.Do(chain.Tenant, Market.CreateDeployment(chain.Tenant, deposit: Deposit, groups: groups));
        var (first, second) = (Market.Lease(chain.Tenant, chain.Provider), Market.Lease(chain.Tenant, chain.Rival, gseq: 2));
        chain.Do(chain.Provider, Market.CreateBid(first.Order, chain.Provider, Price));
        chain.Do(chain.Rival, Market.CreateBid(second.Order, chain.Rival, Price));
        chain.Do(chain.Tenant, Market.CreateLease(first));
        chain.Produce(20);

        chain.Send(chain.Tenant, Market.CreateLease(second)).Is("escrow", 4);

        Assert.Equal(DeploymentState.Active, chain.State.Deployments.Find(first.Deployment)!.State); // the failure took everything back
    }

    private static TestChain Open(out LeaseId lease)
    {
        var chain = new TestChain();
        chain.Do(chain.Provider, Market.CreateProvider(chain.Provider));
        chain.Do(chain.Tenant, Market.CreateDeployment(chain.Tenant, deposit: Deposit, groups: Market.Group("dcloud", Market.Unit(price: Price))));
        lease = Market.Lease(chain.Tenant, chain.Provider);
        chain.Do(chain.Provider, Market.CreateBid(lease.Order, chain.Provider, Price));
        chain.Do(chain.Tenant, Market.CreateLease(lease));
        return chain;
    }

    private static EscrowAccountRow Account(TestChain chain) =>
        chain.State.EscrowAccounts.Find(EscrowAccountId.Of(new DeploymentId(chain.Tenant.Address, 100)))!;
}
