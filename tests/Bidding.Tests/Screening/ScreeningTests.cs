using ProviderAgent.Bidding.Tests.Support;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Screening;

/// <summary>One row per rule and side of it: a good order that is changed in one point.</summary>
public sealed class ScreeningTests
{
    private static readonly AccountAddress Auditor = AccountAddress.Parse("akash1auditor");
    private static readonly AccountAddress OtherAuditor = AccountAddress.Parse("akash1auditor2");

    private static readonly Dictionary<string, (Func<OrderFacts, OrderFacts> Order, Func<HostFacts, HostFacts> Host)> Changes = new()
    {
        ["nothing"] = (Same, Same),
        ["draining"] = (Same, host => host with { Draining = "new disk" }),
        ["paused"] = (Same, host => host with { Paused = "no money" }),
        ["not registered"] = (Same, host => host with { Record = null }),
        ["own order"] = (order => order with { Id = order.Id with { Owner = Build.Provider } }, Same),
        ["no units"] = (order => order with { Group = order.Group with { Units = [] } }, Same),
        ["20 units"] = (order => Units(order, Enumerable.Repeat(Build.Unit(), 20)), Same),
        ["21 units"] = (order => Units(order, Enumerable.Repeat(Build.Unit(), 21)), Same),
        ["50 replicas"] = (order => Units(order, [Build.Unit(Build.Needs(milli: 10, memory: ByteSize.MiB), count: 50)]), Same),
        ["51 replicas"] = (order => Units(order, [Build.Unit(count: 51)]), Same),
        ["no replicas"] = (order => Units(order, [Build.Unit(count: 0)]), Same),
        ["cpu 10m"] = (order => Needs(order, needs => needs with { Cpu = new(10) }), Same),
        ["cpu 9m"] = (order => Needs(order, needs => needs with { Cpu = new(9) }), Same),
        ["cpu 384001m"] = (order => Needs(order, needs => needs with { Cpu = new(384_001) }), Same),
        ["memory 1 Mi - 1"] = (order => Needs(order, needs => needs with { Memory = new(ByteSize.MiB - 1) }), Same),
        ["memory 2 Ti + 1"] = (order => Needs(order, needs => needs with { Memory = new((2 * ByteSize.TiB) + 1) }), Same),
        ["volume 5 Mi"] = (order => Volumes(order, 5 * ByteSize.MiB), Same),
        ["volume 5 Mi - 1"] = (order => Volumes(order, (5 * ByteSize.MiB) - 1), Same),
        ["volume 32 Ti + 1"] = (order => Volumes(order, (32 * ByteSize.TiB) + 1), Same),
        ["4 volumes"] = (order => Volumes(order, ByteSize.GiB, ByteSize.GiB, ByteSize.GiB, ByteSize.GiB), Same),
        ["5 volumes"] = (order => Volumes(order, ByteSize.GiB, ByteSize.GiB, ByteSize.GiB, ByteSize.GiB, ByteSize.GiB), Same),
        ["25 GPUs"] = (order => Needs(order, needs => needs with { Gpus = 25 }), Same),
        ["negative GPUs"] = (order => Needs(order, needs => needs with { Gpus = -1 }), Same),
        ["two coins"] = (order => Units(order, [Build.Unit(), Build.Unit(denom: Build.Uakt)]), Same),
        ["two time bases"] = (order => Units(order, [Build.Unit(), Build.Unit() with { PriceLimit = new(Decimal18.One, Build.Uact, TimeBase.Day) }]), Same),
        ["limit zero"] = (order => Units(order, [Build.Unit(limit: "0")]), Same),
        ["limit negative"] = (order => Units(order, [Build.Unit(limit: "-1")]), Same),
        ["limit at the top"] = (order => Units(order, [Build.Unit(limit: "10000000")]), Same),
        ["limit absurd"] = (order => Units(order, [Build.Unit(limit: "10000000.000001")]), Same),
        ["bids exhausted"] = (Same, host => host with { OpenBids = 50 }),
        ["one bid left"] = (Same, host => host with { OpenBids = 49 }),
        ["no deposit"] = (Same, host => host with { Deposit = null }),
        ["attribute ours"] = (order => Wants(order, Build.Attributes("region=eu")), Same),
        ["attribute by pattern"] = (order => Wants(order, Build.Attributes("reg*=eu")), Same),
        ["attribute other value"] = (order => Wants(order, Build.Attributes("region=us")), Same),
        ["attribute unknown"] = (order => Wants(order, Build.Attributes("tier=community", "arch=arm64")), Same),
        ["all signed"] = (order => Wants(order, Build.Attributes("region=eu"), all: [Auditor]), host => Signed(host, Auditor, "region=eu")),
        ["all, one missing"] = (order => Wants(order, Build.Attributes("region=eu"), all: [Auditor, OtherAuditor]), host => Signed(host, Auditor, "region=eu")),
        ["all, signed less"] = (order => Wants(order, Build.Attributes("region=eu", "tier=community"), all: [Auditor]), host => Signed(host, Auditor, "region=eu")),
        ["any, one signed"] = (order => Wants(order, Build.Attributes("region=eu"), any: [OtherAuditor, Auditor]), host => Signed(host, Auditor, "region=eu")),
        ["any, none signed"] = (order => Wants(order, Build.Attributes("region=eu"), any: [OtherAuditor]), host => Signed(host, Auditor, "region=eu")),
        ["signatures add up"] = (
            order => Wants(order, Build.Attributes("region=eu", "tier=community"), any: [Auditor, OtherAuditor]),
            host => Signed(Signed(host, Auditor, "region=eu"), OtherAuditor, "tier=community")),
        ["ram registered"] = (order => Volume(order, "ram", "false"), host => Has(host, "capabilities/storage/1/class=ram", "capabilities/storage/1/persistent=false")),
        ["ram not registered"] = (order => Volume(order, "ram", "false"), Same),
        ["ram switched off"] = (
            order => Volume(order, "ram", "false"),
            host => Has(host, "capabilities/storage/1/class=ram", "capabilities/storage/1/persistent=false") with { Inventory = host.Inventory with { SellsRam = false } }),
        ["persistent registered"] = (order => Volume(order, "beta3", "true"), host => Has(host, "capabilities/storage/1/class=beta3", "capabilities/storage/1/persistent=true")),
        ["GPU, none here"] = (order => Gpu(order, "vendor/nvidia/model/t4"), Same),
        ["GPU, not registered"] = (order => Gpu(order, "vendor/nvidia/model/t4"), host => host with { Inventory = Build.Stock(gpus: 1) }),
        ["GPU, containers cannot have it"] = (order => Gpu(order, "vendor/nvidia/model/t4"), host => Has(host, "capabilities/gpu/vendor/nvidia/model/t4=true") with { Inventory = Build.Stock(gpus: 1) with { GpuProblem = "no passthrough" } }),
        ["GPU registered"] = (order => Gpu(order, "vendor/nvidia/model/t4"), host => Has(host, "capabilities/gpu/vendor/nvidia/model/t4=true") with { Inventory = Build.Stock(gpus: 1) }),
        ["leased address"] = (order => Needs(order, needs => needs with { Endpoints = [new(EndpointKind.LeasedIp, 1)] }), Same),
        ["host name"] = (order => Needs(order, needs => needs with { Endpoints = [new(EndpointKind.SharedHttp, 0)] }), Same),
        ["host name, none is served"] = (order => Needs(order, needs => needs with { Endpoints = [new(EndpointKind.SharedHttp, 0)] }), host => host with { WebProblem = "port 80 is taken" }),
        ["random port, no host name is served"] = (order => Needs(order, needs => needs with { Endpoints = [new(EndpointKind.RandomPort, 0)] }), host => host with { WebProblem = "port 80 is taken" }),
        ["random port"] = (order => Needs(order, needs => needs with { Endpoints = [new(EndpointKind.RandomPort, 0)] }), Same),
        ["unknown endpoint"] = (order => Needs(order, needs => needs with { Endpoints = [new((EndpointKind)9, 0)] }), Same),
        ["notice wanted"] = (order => order with { MinReclaimWindow = TimeSpan.FromHours(24) }, Same),
        ["notice promised"] = (order => order with { MinReclaimWindow = TimeSpan.FromHours(24) }, host => host with { ReclaimWindow = TimeSpan.FromHours(24) }),
        ["notice too short"] = (order => order with { MinReclaimWindow = TimeSpan.FromHours(24) }, host => host with { ReclaimWindow = TimeSpan.FromHours(23) }),
        ["notice out of bounds"] = (order => order with { MinReclaimWindow = TimeSpan.FromHours(1) }, host => host with { ReclaimWindow = TimeSpan.FromHours(721) }),
        ["notice, old market"] = (
            order => order with { MinReclaimWindow = TimeSpan.FromHours(1) },
            host => host with { ReclaimWindow = TimeSpan.FromHours(2), Parameters = host.Parameters with { ReclaimWindow = null } }),
        ["19 bids"] = (order => order with { BidCount = 19 }, Same),
        ["20 bids"] = (order => order with { BidCount = 20 }, Same),
        ["bids not counted"] = (order => order with { BidCount = null }, Same),
        ["too large"] = (order => Needs(order, needs => needs with { Cpu = new(64_001) }), Same),
        ["host unmeasured"] = (Same, host => host with { Inventory = host.Inventory with { Problem = "broken" } }),
        ["cpu over-committed"] = (Same, host => host with { Inventory = host.Inventory with { Lines = [.. host.Inventory.Lines.Select(line => line with { Used = line.Total + 1 })] } }),
    };

    [Theory]
    [InlineData("nothing", null)]
    [InlineData("draining", DeclineReason.Draining)]
    [InlineData("paused", DeclineReason.Paused)]
    [InlineData("not registered", DeclineReason.NotRegistered)]
    [InlineData("own order", DeclineReason.OwnOrder)]
    [InlineData("no units", DeclineReason.GroupLimits)]
    [InlineData("20 units", null)]
    [InlineData("21 units", DeclineReason.GroupLimits)]
    [InlineData("50 replicas", null)]
    [InlineData("51 replicas", DeclineReason.GroupLimits)]
    [InlineData("no replicas", DeclineReason.GroupLimits)]
    [InlineData("cpu 10m", null)]
    [InlineData("cpu 9m", DeclineReason.GroupLimits)]
    [InlineData("cpu 384001m", DeclineReason.GroupLimits)]
    [InlineData("memory 1 Mi - 1", DeclineReason.GroupLimits)]
    [InlineData("memory 2 Ti + 1", DeclineReason.GroupLimits)]
    [InlineData("volume 5 Mi", null)]
    [InlineData("volume 5 Mi - 1", DeclineReason.GroupLimits)]
    [InlineData("volume 32 Ti + 1", DeclineReason.GroupLimits)]
    [InlineData("4 volumes", null)]
    [InlineData("5 volumes", DeclineReason.GroupLimits)]
    [InlineData("25 GPUs", DeclineReason.GroupLimits)]
    [InlineData("negative GPUs", DeclineReason.GroupLimits)]
    [InlineData("two coins", DeclineReason.MixedCoins)]
    [InlineData("two time bases", DeclineReason.MixedCoins)]
    [InlineData("limit zero", DeclineReason.PriceLimitInvalid)]
    [InlineData("limit negative", DeclineReason.PriceLimitInvalid)]
    [InlineData("limit at the top", null)]
    [InlineData("limit absurd", DeclineReason.PriceLimitInvalid)]
    [InlineData("bids exhausted", DeclineReason.OpenBidsExhausted)]
    [InlineData("one bid left", null)]
    [InlineData("no deposit", DeclineReason.DepositCoin)]
    [InlineData("attribute ours", null)]
    [InlineData("attribute by pattern", null)]
    [InlineData("attribute other value", DeclineReason.AttributesMissing)]
    [InlineData("attribute unknown", DeclineReason.AttributesMissing)]
    [InlineData("all signed", null)]
    [InlineData("all, one missing", DeclineReason.NotSigned)]
    [InlineData("all, signed less", DeclineReason.NotSigned)]
    [InlineData("any, one signed", null)]
    [InlineData("any, none signed", DeclineReason.NotSigned)]
    [InlineData("signatures add up", DeclineReason.NotSigned)]
    [InlineData("ram registered", null)]
    [InlineData("ram not registered", DeclineReason.StorageClass)]
    [InlineData("ram switched off", DeclineReason.StorageClass)]
    [InlineData("persistent registered", DeclineReason.StorageClass)]
    [InlineData("GPU, none here", DeclineReason.Gpu)]
    [InlineData("GPU, not registered", DeclineReason.Gpu)]
    [InlineData("GPU, containers cannot have it", DeclineReason.Gpu)]
    [InlineData("GPU registered", null)]
    [InlineData("leased address", DeclineReason.LeasedIp)]
    [InlineData("host name", null)]
    [InlineData("host name, none is served", DeclineReason.WebAway)]
    [InlineData("random port, no host name is served", null)]
    [InlineData("random port", null)]
    [InlineData("unknown endpoint", DeclineReason.Unreadable)]
    [InlineData("notice wanted", DeclineReason.ReclaimNotOffered)]
    [InlineData("notice promised", null)]
    [InlineData("notice too short", DeclineReason.ReclaimTooShort)]
    [InlineData("notice out of bounds", DeclineReason.ReclaimOutOfBounds)]
    [InlineData("notice, old market", DeclineReason.ReclaimOutOfBounds)]
    [InlineData("19 bids", null)]
    [InlineData("20 bids", DeclineReason.OrderFull)]
    [InlineData("bids not counted", null)]
    [InlineData("too large", DeclineReason.DoesNotFit)]
    [InlineData("host unmeasured", DeclineReason.DoesNotFit)]
    [InlineData("cpu over-committed", DeclineReason.DoesNotFit)]
    public void Screen_OneChange_HasTheExpectedVerdict(string change, DeclineReason? expected)
    {
        var (order, host) = Changes[change];

        var declined = BidRules.Screen(order(Build.Order()), host(Build.Host()));

        Assert.True(declined?.Reason == expected, $"{change}: {declined}");
        if (declined is not null) Assert.NotEmpty(declined.Detail);
    }

    [Fact]
    public void Screen_EveryChange_IsInTheTable() =>
        Assert.Equal(Changes.Count, typeof(ScreeningTests).GetMethod(nameof(Screen_OneChange_HasTheExpectedVerdict))?.GetCustomAttributes(typeof(InlineDataAttribute), false).Length);

    [Fact]
    public void Screen_SeveralObjections_NamesTheCheapest()
    {
        var order = Build.Order(Build.Group(Build.Unit(count: 51))) with { BidCount = 99 };

        Assert.Equal(DeclineReason.Draining, BidRules.Screen(order, Build.Host() with { Draining = "x", Record = null })?.Reason);
        Assert.Equal(DeclineReason.GroupLimits, BidRules.Screen(order, Build.Host())?.Reason);
    }

    [Theory]
    [InlineData(null, "500000uakt", "500000uakt")]
    [InlineData(null, "500000uact", "500000uact")]
    [InlineData(null, null, null)]
    [InlineData("800000uakt", "500000uakt", "800000uakt")]
    [InlineData("100000uakt", "500000uakt", "500000uakt")]
    [InlineData("800000uatom", "500000uakt", null)]
    public void Deposit_Configured_IsNeverBelowTheMarkets(string? configured, string? minimum, string? expected)
    {
        ValueList<Coin> minimums = minimum is null ? [] : [Coin.Parse(minimum)];

        var chosen = DepositRule.Choose(configured is null ? null : Coin.Parse(configured), minimums);

        Assert.Equal(expected, chosen?.ToString());
    }

    [Fact]
    public void Deposit_SeveralCoinsTaken_PrefersTheOneThatFeesArePaidIn() =>
        Assert.Equal(new Coin(2, Build.Uakt), DepositRule.Choose(null, [new(1, Build.Uact), new(2, Build.Uakt)]));

    [Theory]
    [InlineData(2, 2)]
    [InlineData(721, null)]
    [InlineData(null, null)]
    public void Reclaim_NoticeOutsideTheMarketsBounds_IsNotOffered(int? hours, int? offered) =>
        Assert.Equal(Hours(offered), ReclaimRule.Offered(Hours(hours), Build.Parameters));

    private static TimeSpan? Hours(int? hours) => hours is { } count ? TimeSpan.FromHours(count) : null;

    private static T Same<T>(T value) => value;

    private static OrderFacts Units(OrderFacts order, IEnumerable<ResourceUnit> units) => order with { Group = order.Group with { Units = units.ToValueList() } };

    private static OrderFacts Needs(OrderFacts order, Func<Marketplace.Resources, Marketplace.Resources> change) => Units(order, [Build.Unit(change(Build.Needs()))]);

    private static OrderFacts Volumes(OrderFacts order, params long[] bytes) =>
        Needs(order, needs => needs with { Storage = bytes.Select((size, index) => new StorageVolume($"v{index}", new(size), [])).ToValueList() });

    private static OrderFacts Volume(OrderFacts order, string storageClass, string persistent) =>
        Needs(order, needs => needs with { Storage = [new("data", new(ByteSize.GiB), Build.Attributes($"class={storageClass}", $"persistent={persistent}"))] });

    private static OrderFacts Gpu(OrderFacts order, string key) => Needs(order, needs => needs with { Gpus = 1, GpuAttributes = [new(key, "true")] });

    private static OrderFacts Wants(OrderFacts order, ValueList<MarketAttribute> attributes, ValueList<AccountAddress> all = default, ValueList<AccountAddress> any = default) =>
        order with { Group = order.Group with { Requirements = new(attributes, all, any) } };

    private static HostFacts Signed(HostFacts host, AccountAddress auditor, params string[] attributes) =>
        host with { Audits = host.Audits.Append(new(Build.Provider, auditor, Build.Attributes(attributes))).ToValueList() };

    private static HostFacts Has(HostFacts host, params string[] attributes) =>
        host with { Record = host.Record! with { Attributes = host.Record.Attributes.Concat(Build.Attributes(attributes)).ToValueList() } };
}
