using ProviderAgent.Bidding.Tests.Support;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Pricing;

public sealed class CostTests
{
    private static readonly GroupSpec Base = Units.Group(["1000|1024|ephemeral:5120||1|0|1"]); // 2.55 USD

    [Fact]
    public void Price_BelowTheCosts_IsRaisedToThemAndRoundedUp()
    {
        var options = new PricingOptions { Rates = Cheap(), Floor = new() { AktUsd = 1 } };

        var quote = Assert.IsType<PriceResult.Quoted>(Price.By(Base, options)).Quote;

        // (0.005 / 0.25 + 0.01) USD on each lease of 7 days
        var costs = Decimal18.Parse("0.03") * (Decimal18.Parse("30.437") / Decimal18.FromInteger(7));
        Assert.True(quote.UsdPerMonth >= costs);
        Assert.True(quote.Price.Amount >= new Rate(costs * 1_000_000, Build.Uact, TimeBase.Month).To(TimeBase.Tick, Build.Clock).Amount);
        Assert.Contains(quote.Lines, line => line.Item == "floor" && line.Quantity.Contains("fees", StringComparison.Ordinal));
    }

    [Fact]
    public void Price_AboveTheCosts_StaysToTheLastDigit() => Assert.Equal("5.931488", Price.Text(Price.By(Base, new())));

    [Fact]
    public void Price_FloorDeclines_SaysWhatItWouldCost()
    {
        var unpriced = Assert.IsType<PriceResult.Unpriced>(Price.By(Base, new() { Rates = Cheap(), Floor = new() { Mode = FloorMode.Decline } }));

        Assert.Equal(DeclineReason.BelowCosts, unpriced.Reason);
    }

    [Fact]
    public void Price_RuleBelowTheCosts_IsRaisedUnlessTheFloorIsOff()
    {
        PriceRuleOptions gift = new() { Name = "gift", Set = 0.000001m };

        Assert.True(Assert.IsType<PriceResult.Quoted>(Price.By(Base, new() { Rules = [gift] })).Quote.UsdPerMonth > Decimal18.Parse("0.1"));
        Assert.Equal(DeclineReason.ZeroPrice, Assert.IsType<PriceResult.Unpriced>(Price.By(Base, new() { Rules = [gift], Floor = new() { Mode = FloorMode.Off }, Rates = new() { Digits = 5 } })).Reason);
    }

    [Fact]
    public void Price_Power_CostsWhatTheWattsDraw()
    {
        // 4 threads x 5 W + 8 GiB x 0.5 W, always busy: 24 W x 730.488 h x 0.30 USD
        var options = new PricingOptions { Energy = new() { PricePerKwh = 0.30m, WattsPerThread = 5, WattsPerGib = 0.5m, Load = 1, PassOn = true }, Floor = new() { Mode = FloorMode.Off } };

        var line = Assert.Single(Assert.IsType<PriceResult.Quoted>(Price.By(Units.Group(["4000|8192|ephemeral:5120||1|0|1"]), options)).Quote.Lines, line => line.Item == "power");

        Assert.Equal("5.2595136", line.Amount.ToString());
        Assert.Equal("24 W", line.Quantity);
    }

    [Theory]
    [InlineData(250.0, null, "250")] // measured: as it is
    [InlineData(null, 400.0, "200")] // rated: half loaded
    [InlineData(null, null, "150")] // listed: half of 300
    public void Find_PowerOfAGpu_IsMeasuredRatedOrListed(double? measured, double? rated, string watts)
    {
        var cost = new EnergyCost(new() { PricePerKwh = 1, WattsPerThread = 0, WattsPerGib = 0, Load = 0.5m });
        var group = Units.Group(["1000|1024|ephemeral:5120|1:vendor/nvidia/model/t4|1|0|1"]);

        var found = cost.Find(new(Build.OrderId(1), group, Build.Clock) { Facts = new() { Gpus = [new(1, "t4", null, null, null, (decimal?)rated, (decimal?)measured)] } });

        Assert.Equal(watts, found!.Value.Watts.ToString());
    }

    [Fact]
    public void Price_PowerOfAGpuUnknown_IsDeclinedRatherThanFree() => Assert.Equal(
        DeclineReason.NoPrice,
        Assert.IsType<PriceResult.Unpriced>(Price.By(
            Units.Group(["1000|1024|ephemeral:5120|1:vendor/nvidia/model/t4|1|0|1"]),
            new() { Rates = new() { Gpu = new() { ["t4"] = 50 } }, Energy = new() { PricePerKwh = 0.3m, WattsPerGpu = [] } })).Reason);

    [Fact]
    public void PricePerKwh_Schedule_IsTheMeanOfAWeek()
    {
        // 8 of 24 hours on 5 of 7 days are cheap
        var cost = new EnergyCost(new() { PricePerKwh = 0.40m, Schedule = [new() { Hours = "22:00-06:00", Days = ["mon", "tue", "wed", "thu", "fri"], PricePerKwh = 0.10m }] });

        Assert.Equal(0.40m - (0.30m * 40 / 168), cost.PricePerKwh, 10);
    }

    [Fact]
    public void Price_OrderWithoutGpus_PaysForThoseItStrands()
    {
        // 4 GPUs need 16 threads; the order leaves 10, enough for two.
        var stock = Build.Stock(milli: 20_000, gpus: 4);
        var group = Units.Group(["10000|1024|ephemeral:5120||1|0|1"]);
        PricingOptions options = new() { Rates = new() { Gpu = new() { ["*"] = 100 } }, GpuGuard = new() { Mode = GuardMode.Price }, Floor = new() { Mode = FloorMode.Off } };

        var line = Assert.Single(Assert.IsType<PriceResult.Quoted>(Price.By(group, options, facts: new() { Inventory = stock })).Quote.Lines, line => line.Item == "stranded gpus");

        Assert.Equal(("2", "200"), (line.Quantity, line.Amount.ToString()));
    }

    [Fact]
    public void Price_OrderThatTakesTheGpusItself_StrandsNone()
    {
        PricingOptions options = new() { Rates = new() { Gpu = new() { ["*"] = 100 } }, GpuGuard = new() { Mode = GuardMode.Refuse } };
        var stock = Build.Stock(milli: 16_000, gpus: 4);

        Assert.IsType<PriceResult.Quoted>(Price.By(Units.Group(["16000|1024|ephemeral:5120|4:vendor/nvidia/model/t4|1|0|1"]), options, facts: new() { Inventory = stock }));
        Assert.Equal(DeclineReason.StrandsGpus, Assert.IsType<PriceResult.Unpriced>(Price.By(Units.Group(["1000|1024|ephemeral:5120||1|0|1"]), options, facts: new() { Inventory = stock })).Reason);
    }

    private static RatesOptions Cheap() => new() { Cpu = 0.00001m, Memory = 0, Endpoint = 0, Storage = new() { ["ephemeral"] = 0 } };
}
