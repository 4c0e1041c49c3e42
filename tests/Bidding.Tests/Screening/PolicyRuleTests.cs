using ProviderAgent.Bidding.Tests.Support;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Screening;

public sealed class PolicyRuleTests
{
    private static readonly Coin Uakt500k = new(500_000, Build.Uakt);

    [Trait(Pain.Trait, Pain.LeakOnRefusal)]
    [Fact]
    public void Screen_DeniedOwner_IsDeclinedBeforeAnythingDear() =>
        Declined(DeclineReason.OwnerDenied, Build.Order(Build.Group()), Build.Host() with { Lists = Owners(ListEffect.Deny, Build.Tenant.Value) });

    [Fact]
    public void Screen_OwnerNotListed_IsDeclined() =>
        Declined(DeclineReason.OwnerNotAllowed, Build.Order(), Build.Host() with { Lists = Owners(ListEffect.Allow, Build.Rival.Value) });

    [Fact]
    public void Screen_ListNeverRead_IsDeclined() =>
        Declined(DeclineReason.ListUnavailable, Build.Order(), Build.Host() with { Lists = new([new("l", ListEffect.Deny, ListSubject.Owner, new HashSet<string>(), "it was not read yet")]) });

    [Fact]
    public void Screen_AllowedOwner_Passes() => Assert.Null(BidRules.Screen(Build.Order(), Build.Host() with { Lists = Owners(ListEffect.Allow, Build.Tenant.Value) }));

    [Fact]
    public void Screen_OrderThatDoesNotNameUs_IsDeclined()
    {
        var host = Build.Host() with { Filters = Build.Attributes("region=eu") };

        Declined(DeclineReason.NotForUs, Build.Order(), host);
        Assert.Null(BidRules.Screen(Build.Order(Build.Group() with { Requirements = new(Build.Attributes("region=eu"), [], []) }), host));
    }

    [Fact]
    public void Screen_OtherCoin_IsDeclined() => Declined(DeclineReason.UnsupportedCoin, Build.Order(), Build.Host() with { Coins = [Build.Uakt] });

    [Theory]
    [InlineData(1_000, false)]
    [InlineData(100_000, true)]
    public void Screen_OrderOpenForLong_IsDeclined(long ticks, bool declined)
    {
        var order = Build.Order() with { CreatedAt = new MarketTick(500) };
        var host = Build.Host() with { Tick = new MarketTick(500 + ticks), MaxOrderAge = TimeSpan.FromDays(1) };

        Assert.Equal(declined ? DeclineReason.OrderEnding : null, BidRules.Screen(order, host)?.Reason);
    }

    [Trait(Pain.Trait, Pain.PaysForFullOrders)]
    [Theory]
    [InlineData(17, 0, false)]
    [InlineData(20, 0, true)]
    [InlineData(17, 3, true)]
    [InlineData(16, 3, false)]
    [InlineData(0, 100, false)] // a spare of everything still bids on an order without bids
    [InlineData(1, 100, true)]
    public void Screen_SpareSlots_AreLeftToOthers(int bids, int spare, bool declined) =>
        Assert.Equal(declined ? DeclineReason.OrderFull : null, BidRules.Screen(Build.Order() with { BidCount = bids }, Build.Host() with { SpareSlots = spare })?.Reason);

    [Fact]
    public void Screen_FeesSpent_IsDeclined()
    {
        FeeLimit Spent(long amount) => new(new(amount, Build.Uakt), new(10_000, Build.Uakt), "fees_per_day");

        Assert.Null(BidRules.Screen(Build.Order(), Build.Host() with { Fees = [Spent(9_999)] }));
        Declined(DeclineReason.FeeBudget, Build.Order(), Build.Host() with { Fees = [Spent(10_000)] });
        Declined(DeclineReason.FeeBudget, Build.Order(), Build.Host() with { Fees = [Spent(1) with { Budget = new(10_000, Build.Uact) }] });
    }

    [Fact]
    public void Screen_DepositsLocked_IsDeclined()
    {
        var host = Build.Host() with { Deposit = Uakt500k, DepositBudget = new Coin(1_500_000, Build.Uakt) };

        Assert.Null(BidRules.Screen(Build.Order(), host with { OpenBids = 2 }));
        Declined(DeclineReason.DepositBudget, Build.Order(), host with { OpenBids = 3 });
        Declined(DeclineReason.DepositBudget, Build.Order(), host with { OpenBids = 1, Leases = 2 });
    }

    [Trait(Pain.Trait, Pain.LittleBalance)]
    [Fact]
    public void Screen_LittleOnTheAccount_IsDeclinedBeforeAFeeIsLost()
    {
        var host = Build.Host() with { Deposit = Uakt500k, Keep = new Coin(100_000, Build.Uakt) };

        Assert.Null(BidRules.Screen(Build.Order(), host with { Balance = new Coin(600_000, Build.Uakt) }));
        Declined(DeclineReason.BalanceLow, Build.Order(), host with { Balance = new Coin(599_999, Build.Uakt) });
    }

    /// <summary>Which order keys are met by which registered keys; the trap of <c>/interface/I/ram/R</c> among them.</summary>
    [Theory]
    [InlineData("vendor/nvidia/model/*", "vendor/nvidia/model/rtx4090", true)]
    [InlineData("vendor/nvidia/model/*", "vendor/nvidia/model/rtx4090/ram/24Gi", false)]
    [InlineData("vendor/nvidia/model/rtx4090", "vendor/nvidia/model/rtx4090", true)]
    [InlineData("vendor/nvidia/model/rtx4090", "vendor/nvidia/model/rtx4090/ram/24Gi", false)]
    [InlineData("vendor/nvidia/model/h100/ram/80Gi/interface/sxm", "vendor/nvidia/model/h100/ram/80Gi/interface/sxm", true)]
    [InlineData("vendor/nvidia/model/h100/ram/80Gi/interface/sxm", "vendor/nvidia/model/h100/interface/sxm/ram/80Gi", false)]
    [InlineData("vendor/nvidia/model/h100/ram/80Gi", "vendor/nvidia/model/h100/ram/80Gi", true)]
    [InlineData("vendor/amd/model/*", "vendor/nvidia/model/h100", false)]
    public void GpuMatches_OrderKey_MeetsOnlyTheSameCombination(string wanted, string registered, bool matches)
    {
        var needs = Build.Needs() with { Gpus = 1, GpuAttributes = [new(wanted, "true")] };

        Assert.Equal(matches, AttributeMatch.GpuMatches(needs, [new(AttributeMatch.GpuPrefix + registered, "true")]));
    }

    [Fact]
    public void GpuMatches_AnyOfSeveral_Suffices()
    {
        var needs = Build.Needs() with { Gpus = 1, GpuAttributes = [new("vendor/nvidia/model/t4", "true"), new("vendor/nvidia/model/h100", "true")] };

        Assert.True(AttributeMatch.GpuMatches(needs, [new(AttributeMatch.GpuPrefix + "vendor/nvidia/model/h100", "true")]));
        Assert.True(AttributeMatch.GpuMatches(needs with { GpuAttributes = [] }, []));
    }

    private static AccessLists Owners(ListEffect effect, string entry) => new([new("tenants", effect, ListSubject.Owner, new HashSet<string> { entry }, null)]);

    private static void Declined(DeclineReason reason, OrderFacts order, HostFacts host) => Assert.Equal(reason, BidRules.Screen(order, host)?.Reason);
}
