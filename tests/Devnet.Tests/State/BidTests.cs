using Google.Protobuf.WellKnownTypes;
using ProviderAgent.Devnet.Tests.Harness;
using ProviderAgent.Devnet.Transactions;
using ProviderAgent.Marketplace;
using BidState = ProviderAgent.Chain.Wire.Market.V1Beta5.Bid.Types.State;
using WireBid = ProviderAgent.Chain.Wire.Market.V1Beta5.MsgCreateBid;

namespace ProviderAgent.Devnet.Tests.State;

public sealed class BidTests
{
    public static TheoryData<string, string, uint> Refusals => new()
    {
        { "deposit denom", "market", 28 },
        { "deposit too small", "market", 28 },
        { "order unknown", "market", 15 },
        { "price above limit", "market", 22 },
        { "price negative", "market", 22 },
        { "price in another denom", "undefined", 111222 },
        { "offer of an unknown unit", "market", 32 },
        { "offer with another count", "market", 32 },
        { "offer of a unit twice", "market", 32 },
        { "deposit not covered", "market", 28 },
        { "window below the bounds", "market", 39 },
        { "window above the bounds", "market", 39 },
    };

    public static TheoryData<string, string, uint> Malformed => new()
    {
        { "no id", "sdk", 7 },
        { "dseq 0", "sdk", 3 },
        { "gseq 0", "sdk", 3 },
        { "oseq 0", "sdk", 3 },
        { "bad provider", "sdk", 7 },
        { "own order", "sdk", 36 },
        { "bseq 1", "sdk", 36 },
        { "no sources", "akash", 4 },
        { "unknown source", "akash", 4 },
        { "source twice", "akash", 4 },
        { "price zero", "market", 19 },
        { "window negative", "market", 39 },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void CreateBid_RuleBroken_IsRefusedInTheBlock(string what, string codespace, uint code)
    {
        using var chain = Ready();
        var bid = Market.CreateBid(Market.Order(chain.Tenant), chain.Provider);
        switch (what)
        {
            case "deposit denom": bid.Deposit = Market.Deposit(500_000, "uusd"); break;
            case "deposit too small": bid.Deposit = Market.Deposit(499_999, "uakt"); break;
            case "order unknown": bid.Id.Dseq = 77; break;
            case "price above limit": bid.Price = Market.Price("100.000000000000000001"); break;
            case "price negative": bid.Price = Market.Price("-1"); break;
            case "price in another denom": bid.Price = Market.Price("1", "uakt"); break;
            case "offer of an unknown unit": Offer(bid, 2, 1); break;
            case "offer with another count": Offer(bid, 1, 2); break;
            case "offer of a unit twice":
                Offer(bid, 1, 1);
                Offer(bid, 1, 1);
                break;
            case "deposit not covered": bid.Deposit = Market.Deposit(2 * TestChain.Rich, "uakt"); break;
            case "window below the bounds": bid.ReclamationWindow = new() { Seconds = 3_599 }; break;
            case "window above the bounds": bid.ReclamationWindow = Duration.FromTimeSpan(TimeSpan.FromHours(720.5)); break;
            default: Assert.Fail(what); break;
        }

        var result = chain.Send(chain.Provider, bid);

        result.Is(codespace, code);
        Assert.Equal(0, chain.State.Bids.Count);
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public void CreateBid_Malformed_IsRefusedByTheMempool(string what, string codespace, uint code)
    {
        using var chain = Ready();
        var bid = Market.CreateBid(Market.Order(chain.Tenant), chain.Provider);
        switch (what)
        {
            case "no id": bid.Id = null; break;
            case "dseq 0": bid.Id.Dseq = 0; break;
            case "gseq 0": bid.Id.Gseq = 0; break;
            case "oseq 0": bid.Id.Oseq = 0; break;
            case "bad provider": bid.Id.Provider = "akash1nobody"; break;
            case "own order": bid.Id.Owner = bid.Id.Provider; break;
            case "bseq 1": bid.Id.Bseq = 1; break;
            case "no sources": bid.Deposit.Sources.Clear(); break;
            case "unknown source": bid.Deposit.Sources[0] = (Wire.Deposits.Source)9; break;
            case "source twice": bid.Deposit.Sources.Add(Wire.Deposits.Source.Balance); break;
            case "price zero": bid.Price = Market.Price("0"); break;
            case "window negative": bid.ReclamationWindow = new() { Seconds = -1 }; break;
            default: Assert.Fail(what); break;
        }

        var refused = chain.Submit(chain.Provider, bid).Result();

        refused.Is(codespace, code);
    }

    [Fact]
    public void CreateBid_Right_IsOpenWithItsDepositInEscrow()
    {
        using var chain = Ready();
        var before = chain.Balance(chain.Provider, "uakt");

        var result = chain.Do(chain.Provider, Market.CreateBid(Market.Order(chain.Tenant), chain.Provider, "99.5"));

        var id = new BidId(Market.Order(chain.Tenant), chain.Provider.Address);
        Assert.Equal(BidState.Open, chain.State.Bids.Find(id)!.State);
        Assert.Equal(before - 500_000 - 75_000, chain.Balance(chain.Provider, "uakt"));
        Assert.Equal(500_000, chain.Balance(Devnet.Modules.Bank.Escrow, "uakt"));
        Assert.InRange(result.GasUsed, 150_000UL, 300_000UL);
    }

    [Fact]
    public void CreateBid_NotRegistered_Is30()
    {
        using var chain = Ready();

        chain.Send(chain.Rival, Market.CreateBid(Market.Order(chain.Tenant), chain.Rival)).Is("market", 30);
    }

    [Fact]
    public void CreateBid_Again_Is21EvenAfterClosing()
    {
        using var chain = Ready();
        var bid = Market.CreateBid(Market.Order(chain.Tenant), chain.Provider);
        chain.Do(chain.Provider, bid);
        chain.Send(chain.Provider, bid).Is("market", 21);
        chain.Do(chain.Provider, Market.CloseBid(Market.Lease(chain.Tenant, chain.Provider)));

        chain.Send(chain.Provider, bid).Is("market", 21);
    }

    [Fact]
    public void CreateBid_OrderActiveOrClosed_Is23Or24()
    {
        using var chain = Ready();
        chain.Do(chain.Rival, Market.CreateProvider(chain.Rival));
        chain.Do(chain.Provider, Market.CreateBid(Market.Order(chain.Tenant), chain.Provider));
        chain.Do(chain.Tenant, Market.CreateLease(Market.Lease(chain.Tenant, chain.Provider)));
        chain.Send(chain.Rival, Market.CreateBid(Market.Order(chain.Tenant), chain.Rival)).Is("market", 23);
        chain.Do(chain.Tenant, Market.CloseDeployment(chain.Tenant));

        chain.Send(chain.Rival, Market.CreateBid(Market.Order(chain.Tenant), chain.Rival)).Is("market", 24);
    }

    [Fact]
    public void CreateBid_OneMoreThanTheMaximumFits_TheNextIs31()
    {
        using var chain = Ready(maxBids: 2);
        for (var i = 0; i < 4; i++)
        {
            using var bidder = TestKeys.Of($"bidder {i}");
            var result = Bid(chain, bidder);
            if (i < 3) Assert.Equal(0u, result.Code);
            else result.Is("market", 31);
        }
    }

    [Fact]
    public void CreateBid_LostBidsOfAnEarlierOrder_DoNotCount()
    {
        using var chain = Ready(maxBids: 1);
        using var first = TestKeys.Of("bidder 0");
        using var second = TestKeys.Of("bidder 1");
        Assert.Equal(0u, Bid(chain, first).Code);
        Assert.Equal(0u, Bid(chain, second).Code);
        chain.Do(chain.Tenant, Market.CreateLease(Market.Lease(chain.Tenant, first)));
        Assert.Equal(BidState.Lost, chain.State.Bids.Find(new(Market.Order(chain.Tenant), second.Address))!.State);

        // The order is active now: its state is looked at before the count would matter again.
        using var third = TestKeys.Of("bidder 2");
        Bid(chain, third).Is("market", 23);
    }

    [Theory]
    [InlineData("host", "akash", 0u)]
    [InlineData("host", "other", 5u)]
    [InlineData("ho*", "akash", 0u)]
    [InlineData("region", "eu", 5u)]
    public void CreateBid_PlacementAttributes_MatchOrAre5(string key, string value, uint code)
    {
        using var chain = new TestChain();
        chain.Do(chain.Provider, Market.CreateProvider(chain.Provider, ("host", "akash")));
        var group = Market.Group();
        group.Requirements.Attributes.Add(new Wire.Attributes.Attribute { Key = key, Value = value });
        chain.Do(chain.Tenant, Market.CreateDeployment(chain.Tenant, groups: group));

        Assert.Equal(code, chain.Send(chain.Provider, Market.CreateBid(Market.Order(chain.Tenant), chain.Provider)).Code);
    }

    [Theory]
    [InlineData("all", "signed", 0u)]
    [InlineData("all", "unsigned", 5u)]
    [InlineData("any", "signed", 0u)]
    [InlineData("any", "unsigned", 5u)]
    [InlineData("both", "signed", 0u)]
    [InlineData("both", "unsigned", 5u)]
    public void CreateBid_Auditors_MustHaveSignedWhatIsRequired(string list, string attribute, uint code)
    {
        using var auditor = TestKeys.Of("auditor");
        using var provider = TestKeys.Of("provider");
        using var chain = new TestChain(genesis => genesis with
        {
            Audits = [new(provider.Address.Value, auditor.Address.Value, System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("signed", "yes"))],
        });
        chain.Do(chain.Provider, Market.CreateProvider(chain.Provider, ("signed", "yes"), ("unsigned", "yes")));
        var group = Market.Group();
        group.Requirements.Attributes.Add(new Wire.Attributes.Attribute { Key = attribute, Value = "yes" });
        if (list is "all" or "both") group.Requirements.SignedBy.AllOf.Add(auditor.Address.Value);
        if (list is "any" or "both") group.Requirements.SignedBy.AnyOf.Add([chain.Rival.Address.Value, auditor.Address.Value]);
        chain.Do(chain.Tenant, Market.CreateDeployment(chain.Tenant, groups: group));

        Assert.Equal(code, chain.Send(chain.Provider, Market.CreateBid(Market.Order(chain.Tenant), chain.Provider)).Code);
    }

    [Theory]
    [InlineData("vendor/nvidia/model/*", "beta3", 0u)]
    [InlineData("vendor/nvidia/model/h200", "beta3", 0u)]
    [InlineData("vendor/nvidia/model/h100", "beta3", 32u)]
    [InlineData("vendor/nvidia/model/h200/ram/141Gi", "beta3", 32u)]
    [InlineData("vendor/nvidia/model/*", "beta2", 32u)]
    public void CreateBid_Capabilities_MatchOrAre32(string gpu, string storageClass, uint code)
    {
        using var chain = new TestChain();
        chain.Do(chain.Provider, Market.CreateProvider(
            chain.Provider,
            ("capabilities/gpu/vendor/nvidia/model/h200", "true"),
            ("capabilities/storage/1/class", "beta3"),
            ("capabilities/storage/1/persistent", "true")));
        var unit = Market.Unit();
        unit.Resource.Gpu = new() { Units = Market.Value(1), Attributes = { new Wire.Attributes.Attribute { Key = gpu, Value = "true" } } };
        unit.Resource.Storage.Add(new Wire.Resource.Storage
        {
            Name = "data",
            Quantity = Market.Value(1 << 30),
            Attributes =
            {
                new Wire.Attributes.Attribute { Key = "class", Value = storageClass },
                new Wire.Attributes.Attribute { Key = "persistent", Value = "true" },
            },
        });
        chain.Do(chain.Tenant, Market.CreateDeployment(chain.Tenant, groups: Market.Group("dcloud", unit)));

        Assert.Equal(code, chain.Send(chain.Provider, Market.CreateBid(Market.Order(chain.Tenant), chain.Provider)).Code);
    }

    [Theory]
    [InlineData(null, 40u)]
    [InlineData(3, 41u)]
    [InlineData(4, 0u)]
    public void CreateBid_OrderAsksForNotice_BidMustPromiseIt(int? hours, uint code)
    {
        using var chain = new TestChain();
        chain.Do(chain.Provider, Market.CreateProvider(chain.Provider));
        var deployment = Market.CreateDeployment(chain.Tenant);
        deployment.Reclamation = new() { MinWindow = Duration.FromTimeSpan(TimeSpan.FromHours(4)) };
        chain.Do(chain.Tenant, deployment);
        TimeSpan? window = hours is null ? null : TimeSpan.FromHours(hours.Value);

        Assert.Equal(code, chain.Send(chain.Provider, Market.CreateBid(Market.Order(chain.Tenant), chain.Provider, window: window)).Code);
    }

    private static TestChain Ready(uint maxBids = 20)
    {
        var chain = new TestChain(genesis => genesis with
        {
            Parameters = genesis.Parameters with { OrderMaxBids = maxBids },
            Accounts =
            [
                .. genesis.Accounts,
                .. Enumerable.Range(0, 4).Select(i => new Devnet.Genesis.GenesisAccount(TestKeys.Of($"bidder {i}").Address.Value, ["1000000000uakt"])),
            ],
        });
        chain.Do(chain.Provider, Market.CreateProvider(chain.Provider));
        chain.Do(chain.Tenant, Market.CreateDeployment(chain.Tenant));
        return chain;
    }

    private static TxResult Bid(TestChain chain, Chain.Keys.ChainKey bidder)
    {
        chain.Do(bidder, Market.CreateProvider(bidder));
        return chain.Send(bidder, Market.CreateBid(Market.Order(chain.Tenant), bidder));
    }

    private static void Offer(WireBid bid, uint unit, uint count) =>
        bid.ResourcesOffer.Add(new Wire.Market.V1Beta5.ResourceOffer { Resources = new() { Id = unit }, Count = count });
}
