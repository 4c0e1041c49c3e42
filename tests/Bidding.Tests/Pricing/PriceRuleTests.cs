using ProviderAgent.Bidding.Tests.Support;
using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Pricing;

public sealed class PriceRuleTests
{
    private static readonly GroupSpec Base = Units.Group(["1000|1024|ephemeral:5120||1|0|1"]); // 2.55 USD

    [Fact]
    public void Price_Rules_WorkInTheirOrderWithALineEach()
    {
        var quote = Quote(
            new PriceRuleOptions { Name = "double", Multiply = 2 }, // 5.10
            new PriceRuleOptions { Name = "fee", Add = 0.9m }, // 6.00
            new PriceRuleOptions { Name = "half", Multiply = 0.5m }); // 3.00

        Assert.Equal("3", quote.UsdPerMonth.ToString());
        Assert.Equal(["rule double", "rule fee", "rule half"], quote.Lines.Select(line => line.Item).Where(item => item.StartsWith("rule", StringComparison.Ordinal)));
        Assert.Equal(quote.UsdPerMonth!.Value, quote.Lines.Aggregate(Decimal18.Zero, (sum, line) => sum + line.Amount));
    }

    [Fact]
    public void Price_AddBelowZero_StopsAtZero() =>
        Assert.Equal(DeclineReason.ZeroPrice, Assert.IsType<PriceResult.Unpriced>(By(new PriceRuleOptions { Name = "off", Add = -100 })).Reason);

    [Fact]
    public void Price_OwnAccount_PaysItsFixedPrice() =>
        Assert.Equal("0.01", Quote(new PriceRuleOptions { Name = "own", When = new() { Owners = [Build.Tenant.Value] }, Set = 0.01m }).UsdPerMonth.ToString());

    [Fact]
    public void Price_OtherOwner_IsNotConcerned() =>
        Assert.Equal("2.55", Quote(new PriceRuleOptions { Name = "own", When = new() { Owners = [Build.Rival.Value] }, Set = 0.01m }).UsdPerMonth.ToString());

    [Fact]
    public void Price_TinyOrder_IsRefusedWithTheRulesWords()
    {
        var refused = Assert.IsType<PriceResult.Unpriced>(By(new PriceRuleOptions { Name = "tiny", When = new() { PriceBelow = 3 }, Refuse = "not worth a container" }));

        Assert.Equal(DeclineReason.PriceRule, refused.Reason);
        Assert.Equal("rule 'tiny': not worth a container", refused.Detail);
    }

    [Fact]
    public void Price_Region_ConcernsOrdersThatRequireIt()
    {
        var rule = new PriceRuleOptions { Name = "eu", When = new() { Attributes = new() { ["region"] = "eu" } }, Multiply = 2 };
        var wanted = Base with { Requirements = new(Build.Attributes("region=eu"), [], []) };

        Assert.Equal("2.55", Quote(rule).UsdPerMonth.ToString());
        Assert.Equal("5.1", Assert.IsType<PriceResult.Quoted>(Price.By(wanted, Options(rule))).Quote.UsdPerMonth.ToString());
    }

    [Theory]
    [InlineData("gpu", 0.5, true)]
    [InlineData("cpu", 0.5, false)]
    [InlineData("any", 0.7, true)]
    [InlineData("any", 0.76, false)]
    public void Price_Utilisation_ConcernsTheNamedResource(string resource, double from, bool applies)
    {
        var stock = Build.Stock() with { Lines = [new(ResourceKind.Cpu, 100, 10, null), new(ResourceKind.Gpu, 4, 3, null)] };
        var rule = new PriceRuleOptions { Name = "scarce", When = new() { UsedFrom = new() { [resource] = (decimal)from } }, Multiply = 2 };

        var quote = Assert.IsType<PriceResult.Quoted>(Price.By(Base, Options(rule), facts: new() { Inventory = stock })).Quote;

        Assert.Equal(applies ? "5.1" : "2.55", quote.UsdPerMonth.ToString());
    }

    [Fact]
    public void Price_PromisedNotice_CanCostMore()
    {
        var rule = new PriceRuleOptions { Name = "notice", When = new() { Notice = true }, Multiply = 1.2m };

        Assert.Equal("2.55", Quote(rule).UsdPerMonth.ToString());
        Assert.Equal("3.06", Assert.IsType<PriceResult.Quoted>(Price.By(Base, Options(rule), facts: new() { ReclaimWindow = TimeSpan.FromHours(24) })).Quote.UsdPerMonth.ToString());
    }

    [Fact]
    public void Price_PermutedFactors_GiveTheSamePrice()
    {
        decimal[] factors = [0.5m, 1.25m, 3m, 0.8m];
        var expected = Quote([.. factors.Select((factor, i) => new PriceRuleOptions { Name = $"{i}", Multiply = factor })]).Price;

        Assert.Equal(expected, Quote([.. factors.Reverse().Select((factor, i) => new PriceRuleOptions { Name = $"{i}", Multiply = factor })]).Price);
    }

    // 2026: clocks in Berlin go forward on 29 March at 02:00 and back on 25 October at 03:00.
    [Theory]
    [InlineData("2026-01-15T20:59:00Z", false)] // 21:59 in winter
    [InlineData("2026-01-15T21:00:00Z", true)]
    [InlineData("2026-07-15T20:00:00Z", true)] // 22:00 in summer
    [InlineData("2026-07-15T19:59:00Z", false)]
    [InlineData("2026-03-29T00:59:00Z", true)] // 01:59, then the clock jumps to 03:00
    [InlineData("2026-03-29T01:00:00Z", true)]
    [InlineData("2026-03-29T03:59:00Z", true)] // 05:59
    [InlineData("2026-03-29T04:00:00Z", false)] // 06:00
    [InlineData("2026-10-25T00:30:00Z", true)] // 02:30 for the first time
    [InlineData("2026-10-25T01:30:00Z", true)] // 02:30 for the second time
    [InlineData("2026-10-25T04:59:00Z", true)] // 05:59
    [InlineData("2026-10-25T05:00:00Z", false)]
    public void Contains_NightOverAChangeOfClocks_GoesByTheClockOnTheWall(string moment, bool inside)
    {
        var night = DayTimes.Read("22:00-06:00", [], "Europe/Berlin", out _)!;

        Assert.Equal(inside, night.Contains(DateTimeOffset.Parse(moment, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("2026-01-16T23:00:00Z", true)] // Friday night
    [InlineData("2026-01-17T05:00:00Z", true)] // still Friday's night on Saturday
    [InlineData("2026-01-17T23:00:00Z", false)]
    public void Contains_DayOfANight_IsTheDayItBeganOn(string moment, bool inside) =>
        Assert.Equal(inside, DayTimes.Read("22:00-06:00", ["fri"], "UTC", out _)!.Contains(DateTimeOffset.Parse(moment, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void Validate_EverythingWrong_NamesEveryKey()
    {
        var options = new PricingOptions
        {
            Rules =
            [
                new() { Name = "a", Multiply = 0, Add = 2_000_000, Set = -1, Refuse = "" },
                new() { Name = "a", When = new() { Hours = "25:00-1:00", Owners = ["nobody!"], Denom = "?", UsedFrom = new() { ["disk"] = 2 }, PriceBelow = 0 } },
                new() { Name = "b", Multiply = 1, When = new() { TimeZone = "Mars/Olympus" } },
                new() { Name = "c", Multiply = 1, When = new() { Days = ["monday"] } },
            ],
        };

        var failures = new PricingOptionsValidator().Validate(null, options).Failures!.ToArray();

        foreach (var key in (string[])["[0].multiply", "[0].add", "[0].set", "[0].refuse", "[1].name", "[1]", "[1].when.hours", "[1].when.owners", "[1].when.denom", "[1].when.used_from.disk", "[1].when.price_below", "[2].when.time_zone", "[3].when.days"])
            Assert.Contains(failures, failure => failure.Contains($"pricing.rules{key}:", StringComparison.Ordinal));
    }

    private static PricingOptions Options(params PriceRuleOptions[] rules) => new() { Rules = [.. rules], Floor = new() { Mode = FloorMode.Off } };

    private static PriceResult By(params PriceRuleOptions[] rules) => Price.By(Base, Options(rules));

    private static Quote Quote(params PriceRuleOptions[] rules) => Assert.IsType<PriceResult.Quoted>(By(rules)).Quote;
}
