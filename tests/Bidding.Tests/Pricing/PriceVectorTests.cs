using System.Globalization;
using ProviderAgent.Bidding.Tests.Support;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Pricing;

/// <summary>Published price vectors of this market: those of the common price script (P) and of the scale strategy (S), as far as they are in uact.</summary>
public sealed class PriceVectorTests
{
    private const string None = "";

    /// <summary>Id, price list changes, units, expected price per tick; empty when there must be no price.</summary>
    /// <remarks>
    /// A unit reads <c>milli|MiB|class:MiB,…|gpus:key,…|endpoints|addresses|count</c>. P4 and P9 (a GPU that is not listed) are refused here,
    /// where the script sells it for 100; P5 names the interface <c>sxm5</c>, which the script overlooks.
    /// </remarks>
    public static TheoryData<string, string, string[], string> PriceScript => new()
    {
        { "P2", None, ["1000|1024|ephemeral:5120||1|0|1"], "5.931488" },
        { "P4", None, ["1000|1024|ephemeral:5120|1:vendor/nvidia/model/h100/ram/80Gi/interface/sxm|1|0|1"], None },
        { "P5", "gpu.h100=900,gpu.h100.80Gi=1000,gpu.h100.80Gi.sxm5=1500,gpu.*=1700", ["1000|1024|ephemeral:5120|1:vendor/nvidia/model/h100/ram/80Gi/interface/sxm|1|0|1"], "3495.041974" },
        { "P6", "gpu.h100=900,gpu.h100.80Gi=1000,gpu.h100.80Gi.sxm=1500", ["1000|1024|ephemeral:5120|1:vendor/nvidia/model/h100/ram/80Gi/interface/sxm|1|0|1"], "3495.041974" },
        { "P7", "gpu.h100=900,gpu.h100.80Gi=1000,gpu.h100.80Gi.sxm=1500", ["1000|1024|ephemeral:5120|1:vendor/nvidia/model/h100/interface/sxm|1|0|1"], "2099.39778" },
        { "P8", "gpu.rtx4090=250,gpu.a100=900", ["4000|16384|beta3:102400|2:vendor/nvidia/model/rtx4090/ram/24Gi|2|1|3"], "3662.868188" },
        { "P9", "gpu.rtx4090=50,gpu.a100=90", ["4000|16384|ephemeral:102400|1:vendor/nvidia/model/t4|1|0|1"], None },
        { "P13 default", "default=0", ["1000|1024|default:5120||1|0|1"], "5.69888" },
        { "P13 ram", "ram=0", ["1000|1024|ram:5120||1|0|1"], "5.69888" },
        { "P14", None, ["100|512|ephemeral:1024||1|0|1"], "1.465426" },
        { "P15", None, ["1000|512|beta3:1024,ephemeral:2048||1|0|1", "2000|1024|beta1:10240,beta2:10240||2|2|2"], "48.917329" },
        { "P16", "gpu.a100=950", ["1000|1024|ephemeral:5120|1:vendor/nvidia/model/a100/ram/40Gi/interface/pcie|1|0|1"], "2215.701462" },
        { "P17", "gpu.a100=950,gpu.a100.40Gi=900", ["1000|1024|ephemeral:5120|1:vendor/nvidia/model/a100/ram/40Gi/interface/pcie|1|0|1"], "2099.39778" },
        { "P18", "gpu.a100=900,gpu.t4=80,gpu.*=130", ["1000|1024|ephemeral:5120|1:vendor/nvidia/model/*|1|0|1"], "308.321063" },
        { "P19", "gpu.a100=900,gpu.t4=80", ["1000|1024|ephemeral:5120|1:vendor/nvidia/model/*|1|0|1"], "2099.39778" },
        { "P20", "gpu.mi100=200", ["8000|32768|ephemeral:5120|4:vendor/amd/model/mi100/ram/32Gi|1|0|2"], "3900.941827" },
        { "P23", "cpu=2,memory=1", ["1000|1024|ephemeral:5120||1|0|1"], "7.327132" },
    };

    /// <summary>As above; the list is the scale per milli-CPU and MiB turned into threads and GiB, and a month has a million ticks, so that USD a month are uact a tick.</summary>
    public static TheoryData<string, string, string[], string> Scale => new()
    {
        { "S1", "cpu=4,memory=1.6384,ephemeral=0.16384,beta2=0.16384,endpoint=1,ip=60", ["1000|1024|ephemeral:5120||1|0|1"], "7.4576" },
        { "S2", "cpu=4,memory=1.6384,ephemeral=0.16384,beta2=0.16384,endpoint=1,ip=60", ["1000|1024|ephemeral:5120,beta2:10240||2|1|3"], "86.288" },
        { "S3", "cpu=22000,memory=0,ephemeral=0,endpoint=0,ip=0", ["13|1024|ephemeral:5120||1|0|1"], "286" },
        { "S4", "cpu=0,memory=1024,ephemeral=0,endpoint=0,ip=0", ["1000|1B|ephemeral:5120||1|0|1"], "0.000001" }, // 0.0000009536743164 at six digits
        { "S5", "cpu=0,memory=1024,ephemeral=0,endpoint=0,ip=0", ["1000|2097151B|ephemeral:5120||1|0|1"], "1.999999" }, // 1.9999990463256836 at six digits
        { "S6", "cpu=0,memory=1.6384,ephemeral=0,endpoint=0,ip=0", ["1000|1B|ephemeral:5120||1|0|1"], None }, // rounds to nothing
        { "S7", "cpu=0,memory=0,ephemeral=0,endpoint=0,ip=0", ["1000|1024|ephemeral:5120||1|0|1"], None },
        { "S8", "beta3=", ["1000|1024|beta3:5120||1|0|1"], None },
    };

    [Theory]
    [MemberData(nameof(PriceScript))]
    public void Price_VectorOfThePriceScript_IsTheSameToTheLastDigit(string id, string list, string[] units, string expected) =>
        Check(id, list, units, expected, Build.Clock);

    [Theory]
    [MemberData(nameof(Scale))]
    public void Price_VectorOfTheScaleStrategy_IsTheSameAtSixDigits(string id, string list, string[] units, string expected) =>
        Check(id, list, units, expected, new(Decimal18.FromInteger(1_000_000)));

    [Theory]
    [InlineData("P10", "3.0", "uact", DeclineReason.AboveLimit)]
    [InlineData("P11", "100", "uatom", DeclineReason.UnsupportedCoin)]
    [InlineData("P1, uakt without a price of AKT", "100", "uakt", DeclineReason.CoinPriceUnknown)]
    [InlineData("P22, in uact", "5.931487", "uact", DeclineReason.AboveLimit)]
    public void Decide_VectorThatIsRefused_IsDeclined(string id, string limit, string denom, DeclineReason reason)
    {
        var order = Build.Order(Build.Group(Build.Unit(limit: limit, denom: Denom.Parse(denom))));

        var declined = Assert.IsType<BidDecision.Decline>(BidRules.Decide(order, Build.Host(), Price.Of(order.Group, new(), Build.Clock)));

        Assert.True(declined.Reason == reason, $"{id}: {declined}");
    }

    [Fact]
    public void Decide_P21PriceEqualsLimit_IsSubmitted()
    {
        var order = Build.Order(Build.Group(Build.Unit(limit: "5.931488")));

        Assert.IsType<BidDecision.Submit>(BidRules.Decide(order, Build.Host(), Price.Of(order.Group, new(), Build.Clock)));
    }

    [Fact]
    public void Price_Lines_NameEverythingAndAddUp()
    {
        var quote = Assert.IsType<PriceResult.Quoted>(Price.Of(Units.Group(["1000|512|beta3:1024,ephemeral:2048||1|0|1", "2000|1024|beta1:10240,beta2:10240||2|2|2"]), new(), Build.Clock)).Quote;

        Assert.Equal(["cpu", "memory", "storage beta1", "storage beta2", "storage beta3", "storage ephemeral", "endpoints", "leased addresses"], quote.Lines.Select(line => line.Item));
        Assert.Equal("21.03", quote.UsdPerMonth.ToString());
        Assert.Equal(new QuoteLine("cpu", "5 threads", Decimal18.Parse("1.6"), Decimal18.Parse("8")), quote.Lines[0]);
        Assert.Equal("20 GiB", quote.Lines[2].Quantity);
    }

    [Theory]
    [InlineData("", "storage class 'beta9' has no price: add pricing.rates.storage.beta9")]
    public void Price_MissingEntry_NamesTheSetting(string list, string detail) =>
        Assert.Contains(detail, Assert.IsType<PriceResult.Unpriced>(Price.Of(Units.Group(["1000|1024|beta9:5120||1|0|1"]), Rates(list), Build.Clock)).Detail, StringComparison.Ordinal);

    [Trait(Pain.Trait, Pain.WrongModelPriced)]
    [Fact]
    public void Price_SeveralAcceptableModels_TakesTheDearestAndRefusesWhenOneIsNotListed()
    {
        var group = Units.Group(["1000|1024|ephemeral:5120|1:vendor/nvidia/model/t4,vendor/nvidia/model/h100|1|0|1"]);

        var both = Assert.IsType<PriceResult.Quoted>(Price.Of(group, Rates("gpu.t4=80,gpu.h100=900"), Build.Clock));
        Assert.Contains(both.Quote.Lines, line => line.Item == "gpu h100");
        Assert.IsType<PriceResult.Unpriced>(Price.Of(group, Rates("gpu.t4=80"), Build.Clock));
    }

    private static void Check(string id, string list, string[] units, string expected, MarketClock clock)
    {
        var result = Price.Of(Units.Group(units), Rates(list), clock);

        if (expected.Length == 0) Assert.True(result is PriceResult.Unpriced, $"{id}: {result}");
        else Assert.Equal(expected, Assert.IsType<PriceResult.Quoted>(result).Quote.Price.Amount.ToString());
    }

    private static RatesOptions Rates(string changes)
    {
        var rates = new RatesOptions();
        foreach (var change in changes.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(change => change.Split('=')))
        {
            if (change[1].Length == 0)
            {
                rates.Storage.Remove(change[0]);
                continue;
            }

            var price = decimal.Parse(change[1], CultureInfo.InvariantCulture);
            if (change[0].StartsWith("gpu.", StringComparison.Ordinal)) rates.Gpu[change[0][4..]] = price;
            else if (change[0] == "cpu") rates.Cpu = price;
            else if (change[0] == "memory") rates.Memory = price;
            else if (change[0] == "endpoint") rates.Endpoint = price;
            else if (change[0] == "ip") rates.Ip = price;
            else rates.Storage[change[0]] = price;
        }

        return rates;
    }
}
