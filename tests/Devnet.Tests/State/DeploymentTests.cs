using Google.Protobuf;
using ProviderAgent.Devnet.Modules;
using ProviderAgent.Devnet.Tests.Harness;
using ProviderAgent.Marketplace;
using GroupState = ProviderAgent.Chain.Wire.Deployment.V1Beta4.Group.Types.State;
using OrderState = ProviderAgent.Chain.Wire.Market.V1Beta5.Order.Types.State;
using WireCreate = ProviderAgent.Chain.Wire.Deployment.V1Beta4.MsgCreateDeployment;

namespace ProviderAgent.Devnet.Tests.State;

public sealed class DeploymentTests
{
    public static TheoryData<string, string, uint> Malformed => new()
    {
        { "no dseq", "sdk", 3 },
        { "bad owner", "sdk", 7 },
        { "no groups", "deployment", 7 },
        { "no hash", "deployment", 9 },
        { "short hash", "deployment", 10 },
        { "negative window", "deployment", 26 },
        { "deposit in another coin than the price", "deployment", 20 },
        { "no sources", "akash", 4 },
        { "group without a name", "undefined", 1 },
        { "group without units", "undefined", 1 },
        { "unit without id", "undefined", 1 },
        { "unit id twice", "undefined", 1 },
        { "no cpu", "undefined", 1 },
        { "too little cpu", "undefined", 1 },
        { "too much cpu", "undefined", 1 },
        { "no gpu part", "undefined", 1 },
        { "too many gpus", "undefined", 1 },
        { "gpu attributes without a gpu", "undefined", 1 },
        { "too little memory", "undefined", 1 },
        { "too much memory", "undefined", 1 },
        { "no storage", "undefined", 1 },
        { "too little storage", "undefined", 1 },
        { "too much storage", "undefined", 1 },
        { "group total", "undefined", 1 },
        { "price too high", "undefined", 1 },
        { "negative price", "undefined", 1 },
        { "prices in two coins", "undefined", 1 },
        { "bad attribute key", "akash", 2 },
        { "attribute key twice", "akash", 1 },
    };

    public static TheoryData<string, string, uint> Refusals => new()
    {
        { "exists", "deployment", 3 },
        { "deposit coin unknown", "deployment", 20 },
        { "deposit too low", "deployment", 20 },
        { "uakt deposit", "deployment", 20 },
        { "price in uakt", "deployment", 20 },
        { "price coin", "deployment", 24 },
        { "group name twice", "deployment", 7 },
        { "deposit not covered", "market", 28 },
        { "window too short", "deployment", 26 },
        { "window too long", "deployment", 26 },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void CreateDeployment_Malformed_IsRefusedByTheMempool(string what, string codespace, uint code)
    {
        using var chain = new TestChain();
        var message = Market.CreateDeployment(chain.Tenant);
        Break(message, what);

        chain.Submit(chain.Tenant, message).Result().Is(codespace, code);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public void CreateDeployment_RuleBroken_IsRefusedInTheBlock(string what, string codespace, uint code)
    {
        using var chain = new TestChain(genesis => genesis with
        {
            Parameters = genesis.Parameters with { DeploymentMinDeposits = ["500000uact", "500000uakt", "1uxxx"] },
        });
        if (what == "exists") chain.Do(chain.Tenant, Market.CreateDeployment(chain.Tenant));
        var message = Market.CreateDeployment(chain.Tenant);
        switch (what)
        {
            case "exists": break;
            case "deposit coin unknown": Reprice(message, "uusd"); break;
            case "deposit too low": message.Deposit = Market.Deposit(499_999); break;
            case "uakt deposit" or "price in uakt": Reprice(message, "uakt"); break;
            case "price coin": Reprice(message, "uxxx"); break;
            case "group name twice": message.Groups.Add(Market.Group()); break;
            case "deposit not covered": message.Deposit = Market.Deposit(2 * TestChain.Rich); break;
            case "window too short": message.Reclamation = new() { MinWindow = new() { Seconds = 3_599 } }; break;
            case "window too long": message.Reclamation = new() { MinWindow = new() { Seconds = 720 * 3_600 + 1 } }; break;
            default: Assert.Fail(what); break;
        }

        chain.Send(chain.Tenant, message).Is(codespace, code);
    }

    [Fact]
    public void CreateDeployment_TwoGroups_TwoOrdersInTheSameTransaction()
    {
        using var chain = new TestChain();
        var before = chain.Balance(chain.Tenant);

        var result = chain.Do(chain.Tenant, Market.CreateDeployment(chain.Tenant, groups: [Market.Group("one"), Market.Group("two")]));

        Assert.Equal(["EventDeploymentCreated", "EventOrderCreated", "EventOrderCreated"], result.TypedEvents());
        Assert.Equal(OrderState.Open, chain.State.Orders.Find(Market.Order(chain.Tenant, gseq: 2))!.State);
        Assert.Equal(before - 5_000_000, chain.Balance(chain.Tenant));
        Assert.Equal(5_000_000, chain.Balance(Bank.Escrow));
    }

    [Fact]
    public void UpdateDeployment_NewHash_IsAnnounced()
    {
        using var chain = new TestChain();
        chain.Do(chain.Tenant, Market.CreateDeployment(chain.Tenant));

        Assert.Equal(["EventDeploymentUpdated"], chain.Do(chain.Tenant, Update(chain, Market.OtherHash)).TypedEvents());
        chain.Send(chain.Tenant, Update(chain, Market.OtherHash)).Is("deployment", 10);
        chain.Submit(chain.Tenant, Update(chain, ByteString.Empty)).Result().Is("deployment", 9);
        chain.Send(chain.Tenant, Update(chain, Market.Hash, dseq: 5)).Is("deployment", 4);
        chain.Do(chain.Tenant, Market.CloseDeployment(chain.Tenant));
        chain.Send(chain.Tenant, Update(chain, Market.Hash)).Is("deployment", 5);
    }

    [Fact]
    public void CloseDeployment_WithLease_EndsAllAndReturnsTheRest()
    {
        using var chain = new TestChain();
        var lease = chain.OpenLease();
        var (tenant, provider) = (chain.Balance(chain.Tenant), chain.Balance(chain.Provider));
        chain.Produce(9);

        var result = chain.Do(chain.Tenant, Market.CloseDeployment(chain.Tenant));

        Assert.Equal(["EventDeploymentClosed", "EventGroupClosed", "EventOrderClosed", "EventBidClosed", "EventLeaseClosed"], result.TypedEvents());
        Assert.Equal(provider + 500, chain.Balance(chain.Provider));
        Assert.Equal(tenant + 5_000_000 - 500, chain.Balance(chain.Tenant));
        Assert.Equal((0, 0), (chain.Balance(Bank.Escrow), chain.Balance(Bank.Escrow, "uakt")));
        Assert.Equal(Wire.Escrow.Types.State.Closed, chain.State.EscrowPayments.Find(new(lease))!.State);
        chain.Send(chain.Tenant, Market.CloseDeployment(chain.Tenant)).Is("deployment", 5);
        chain.Send(chain.Tenant, Market.CloseDeployment(chain.Tenant, 5)).Is("deployment", 4);
    }

    [Fact]
    public void Group_PauseStartClose_OrdersFollow()
    {
        using var chain = new TestChain();
        chain.Do(chain.Tenant, Market.CreateDeployment(chain.Tenant));
        var id = Market.GroupId(chain.Tenant);
        var pause = new Wire.Deployment.V1Beta4.MsgPauseGroup { Id = id };
        var start = new Wire.Deployment.V1Beta4.MsgStartGroup { Id = id };
        var close = new Wire.Deployment.V1Beta4.MsgCloseGroup { Id = id };

        chain.Send(chain.Tenant, start).Is("deployment", 16);
        Assert.Equal(["EventGroupPaused", "EventOrderClosed"], chain.Do(chain.Tenant, pause).TypedEvents());
        chain.Send(chain.Tenant, pause).Is("deployment", 17);
        Assert.Equal(["EventGroupStarted", "EventOrderCreated"], chain.Do(chain.Tenant, start).TypedEvents());
        Assert.Equal(OrderState.Open, chain.State.Orders.Find(Market.Order(chain.Tenant, oseq: 2))!.State);
        Assert.Equal(["EventGroupClosed", "EventOrderClosed"], chain.Do(chain.Tenant, close).TypedEvents());
        foreach (var message in new IMessage[] { pause, start, close }) chain.Send(chain.Tenant, message).Is("deployment", 15);
        Assert.Equal(GroupState.Closed, chain.State.Groups.Find(new GroupId(chain.Tenant.Address, 100, 1))!.State);
        chain.Send(chain.Tenant, new Wire.Deployment.V1Beta4.MsgCloseGroup { Id = Market.GroupId(chain.Tenant, gseq: 2) }).Is("deployment", 14);
    }

    [Fact]
    public void Group_ClosedUnderALease_LeaseEndsAsTheOwnersWish()
    {
        using var chain = new TestChain();
        var lease = chain.OpenLease();

        chain.Do(chain.Tenant, new Wire.Deployment.V1Beta4.MsgCloseGroup { Id = Market.GroupId(chain.Tenant) });

        Assert.Equal(Wire.Market.V1.LeaseClosedReason.LeaseClosedOwner, chain.State.Leases.Find(lease)!.Reason);
        Assert.Equal(Wire.Escrow.Types.State.Closed, chain.State.EscrowPayments.Find(new(lease))!.State);
    }

    [Fact]
    public void Deposit_Anybody_MayTopUp()
    {
        using var chain = new TestChain();
        var lease = chain.OpenLease();

        chain.Do(chain.Rival, Market.AddDeposit(chain.Rival, lease.Deployment, 1_000));
        chain.Do(chain.Rival, Market.AddDeposit(chain.Rival, lease.Deployment, 1_000, "uakt"));

        var rival = chain.Balance(chain.Rival);
        chain.Do(chain.Tenant, Market.CloseDeployment(chain.Tenant));
        Assert.Equal(rival + 1_000, chain.Balance(chain.Rival));
    }

    [Theory]
    [InlineData("zero", "escrow", 16u)]
    [InlineData("scope", "escrow", 12u)]
    [InlineData("xid", "escrow", 12u)]
    [InlineData("sources", "akash", 4u)]
    public void Deposit_Malformed_IsRefusedByTheMempool(string what, string codespace, uint code)
    {
        using var chain = new TestChain();
        var message = Market.AddDeposit(chain.Tenant, new(chain.Tenant.Address, 100), 1_000);
        if (what == "zero") message.Deposit.Amount.Amount = "0";
        if (what == "scope") message.Id.Scope = default;
        if (what == "xid") message.Id.Xid = "somewhere";
        if (what == "sources") message.Deposit.Sources.Clear();

        chain.Submit(chain.Tenant, message).Result().Is(codespace, code);
    }

    [Fact]
    public void Deposit_UnknownAccount_IsEscrow3()
    {
        using var chain = new TestChain();

        chain.Send(chain.Tenant, Market.AddDeposit(chain.Tenant, new(chain.Tenant.Address, 100), 1_000)).Is("escrow", 3);
    }

    private static Wire.Deployment.V1Beta4.MsgUpdateDeployment Update(TestChain chain, ByteString hash, ulong dseq = 100) =>
        new() { Id = Market.DeploymentId(chain.Tenant, dseq), Hash = hash };

    private static void Reprice(WireCreate message, string denom)
    {
        message.Groups[0].Resources[0].Price.Denom = denom;
        message.Deposit = Market.Deposit(500_000, denom);
    }

    private static void Break(WireCreate message, string what)
    {
        var unit = message.Groups[0].Resources[0];
        var resource = unit.Resource;
        switch (what)
        {
            case "no dseq": message.Id.Dseq = 0; break;
            case "bad owner": message.Id.Owner = "akash1"; break;
            case "no groups": message.Groups.Clear(); break;
            case "no hash": message.Hash = ByteString.Empty; break;
            case "short hash": message.Hash = ByteString.CopyFrom(1, 2, 3); break;
            case "negative window": message.Reclamation = new() { MinWindow = new() { Seconds = -1 } }; break;
            case "deposit in another coin than the price": message.Deposit = Market.Deposit(500_000, "uakt"); break;
            case "no sources": message.Deposit.Sources.Clear(); break;
            case "group without a name": message.Groups[0].Name = ""; break;
            case "group without units": message.Groups[0].Resources.Clear(); break;
            case "unit without id": resource.Id = 0; break;
            case "unit id twice": message.Groups[0].Resources.Add(Market.Unit()); break;
            case "no cpu": resource.Cpu = null; break;
            case "too little cpu": resource.Cpu.Units = Market.Value(9); break;
            case "too much cpu": resource.Cpu.Units = Market.Value(384_001); break;
            case "no gpu part": resource.Gpu = null; break;
            case "too many gpus": resource.Gpu.Units = Market.Value(25); break;
            case "gpu attributes without a gpu": resource.Gpu.Attributes.Add(new Wire.Attributes.Attribute { Key = "vendor/nvidia/model/*", Value = "true" }); break;
            case "too little memory": resource.Memory.Quantity = Market.Value((1 << 20) - 1); break;
            case "too much memory": resource.Memory.Quantity = Market.Value((2L << 40) + 1); break;
            case "no storage": resource.Storage.Clear(); break;
            case "too little storage": resource.Storage[0].Quantity = Market.Value((5 << 20) - 1); break;
            case "too much storage": resource.Storage[0].Quantity = Market.Value((32L << 40) + 1); break;
            case "group total": (resource.Cpu.Units, unit.Count) = (Market.Value(384_000), 51); break;
            case "price too high": unit.Price = Market.Price("10000000.000000000000000001"); break;
            case "negative price": unit.Price = Market.Price("-1"); break;
            case "prices in two coins":
                message.Groups[0].Resources.Add(Market.Unit(2));
                message.Groups[0].Resources[1].Price.Denom = "uakt";
                break;
            case "bad attribute key": resource.Cpu.Attributes.Add(new Wire.Attributes.Attribute { Key = "9", Value = "x" }); break;
            case "attribute key twice":
                resource.Cpu.Attributes.Add(new Wire.Attributes.Attribute { Key = "arch", Value = "amd64" });
                resource.Cpu.Attributes.Add(new Wire.Attributes.Attribute { Key = "arch", Value = "arm64" });
                break;
            default: Assert.Fail(what); break;
        }
    }
}
