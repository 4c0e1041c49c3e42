using System.Globalization;
using ProviderAgent.Bidding.Tests.Support;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Pricing;

/// <summary>The proof that settings of the common price script are taken over rightly: its published vectors, to the last digit.</summary>
public sealed class ScriptSettingsTests
{
    private const string Base = "1000|1024|ephemeral:5120||1|0|1";
    private const string H100 = "1000|1024|ephemeral:5120|1:vendor/nvidia/model/h100/ram/80Gi/interface/sxm|1|0|1";
    private const string A100 = "1000|1024|ephemeral:5120|1:vendor/nvidia/model/a100/ram/40Gi/interface/pcie|1|0|1";
    private const string AnyGpu = "1000|1024|ephemeral:5120|1:vendor/nvidia/model/*|1|0|1";

    /// <summary>Id, GPU mappings, units, coin, price of the script; empty when it refuses.</summary>
    public static TheoryData<string, string, string[], string, string> Vectors => new()
    {
        { "P1", "", [Base], "uakt", "11.862976" },
        { "P2", "", [Base], "uact", "5.931488" },
        { "P3", "", [Base], "ibc/170C677610AC31DF0904FFE09CD3B5C657492170E7E52372E48756B71E56F2F1", "5.931488" },
        { "P4", "", [H100], "uact", "238.538854" },
        { "P5", "h100=900,h100.80Gi=1000,h100.80Gi.sxm5=1500,*=1700", [H100], "uact", "2332.005145" },
        { "P6", "h100=900,h100.80Gi=1000,h100.80Gi.sxm=1500", [H100], "uact", "3495.041974" },
        { "P7", "h100=900,h100.80Gi=1000,h100.80Gi.sxm=1500", ["1000|1024|ephemeral:5120|1:vendor/nvidia/model/h100/interface/sxm|1|0|1"], "uact", "2099.39778" },
        { "P8", "rtx4090=250,a100=900", ["4000|16384|beta3:102400|2:vendor/nvidia/model/rtx4090/ram/24Gi|2|1|3"], "uact", "3662.868188" },
        { "P9", "rtx4090=50,a100=90", ["4000|16384|ephemeral:102400|1:vendor/nvidia/model/t4|1|0|1"], "uact", "282.036431" },
        { "P11", "", [Base], "uatom", "" },
        { "P13 default", "", ["1000|1024|default:5120||1|0|1"], "uact", "5.69888" },
        { "P13 ram", "", ["1000|1024|ram:5120||1|0|1"], "uact", "5.69888" },
        { "P14", "", ["100|512|ephemeral:1024||1|0|1"], "uact", "1.465426" },
        { "P15", "", ["1000|512|beta3:1024,ephemeral:2048||1|0|1", "2000|1024|beta1:10240,beta2:10240||2|2|2"], "uact", "48.917329" },
        { "P16", "a100=950", [A100], "uact", "2215.701462" },
        { "P17", "a100=950,a100.40Gi=900", [A100], "uact", "2099.39778" },
        { "P18", "a100=900,t4=80,*=130", [AnyGpu], "uact", "308.321063" },
        { "P19", "a100=900,t4=80", [AnyGpu], "uact", "2099.39778" },
        { "P20", "mi100=200", ["8000|32768|ephemeral:5120|4:vendor/amd/model/mi100/ram/32Gi|1|0|2"], "uact", "3900.941827" },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Read_VectorOfTheScript_IsPricedAlike(string id, string mappings, string[] units, string denom, string expected)
    {
        var rates = ScriptSettings.Read($"PRICE_TARGET_GPU_MAPPINGS=\"{mappings}\"\n").Rates;

        var result = Price.Of(Units.Group(units, denom: Denom.Parse(denom)), rates, Build.Clock, new() { Akt = new(Decimal18.Parse("0.5"), "test", default) });

        var actual = result is PriceResult.Quoted(var quote) ? quote.Price.Amount.ToString() : "";
        Assert.True(expected == actual, $"{id}: {result}");
    }

    [Theory]
    [InlineData("P10", "3.0", "uact", DeclineReason.AboveLimit)]
    [InlineData("P21", "11.862976", "uakt", null)]
    [InlineData("P22", "11.862975", "uakt", DeclineReason.AboveLimit)]
    public void Read_LimitVector_IsDecidedAlike(string id, string limit, string denom, DeclineReason? expected)
    {
        var order = Build.Order(Units.Group([Base], limit, Denom.Parse(denom)));
        var price = Price.Of(order.Group, ScriptSettings.Read("").Rates, Build.Clock, new() { Akt = new(Decimal18.Parse("0.5"), "test", default) });

        var decision = BidRules.Judge(order, price, PricingFacts.None);

        Assert.True((decision as BidDecision.Decline)?.Reason == expected, $"{id}: {decision}");
    }

    [Fact]
    public void Read_P12OldFormOfTheDocument_IsTheWholeNumberOfUakt() => Assert.Equal("12", Price.Text(Price.Of(
        Units.Group([Base], denom: Build.Uakt), new() { Digits = 0 }, Build.Clock, new() { Akt = new(Decimal18.Parse("0.5"), "test", default) })));

    [Fact]
    public void Read_P23OtherTargets_ArePricedAlike() =>
        Assert.Equal("7.327132", Price.Text(Price.Of(Units.Group([Base]), ScriptSettings.Read("export PRICE_TARGET_CPU=2 # threads\nprice_target_memory: \"1\"\n").Rates, Build.Clock)));

    [Fact]
    public void Read_KeyThatTheScriptNeverUsed_IsLeftOutAndSaid()
    {
        var imported = ScriptSettings.Read("PRICE_TARGET_GPU_MAPPINGS=h100.80Gi.sxm5=1500");

        Assert.Empty(imported.Rates.Gpu);
        Assert.Contains(imported.Notes, note => note.Contains("rates.gpu.h100.80Gi.sxm: 1500", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_Whitelist_IsTakenOver() => Assert.Equal("https://example.com/w.txt", ScriptSettings.Read("WHITELIST_URL=https://example.com/w.txt").Whitelist?.OriginalString);

    [Theory]
    [InlineData("PRICE_TARGET_CPU=cheap")]
    [InlineData("PRICE_TARGET_CPU=-1")]
    [InlineData("PRICE_TARGET_MEMORY=NaN")]
    [InlineData("PRICE_TARGET_IP=1e999")]
    [InlineData("PRICE_TARGET_GPU_MAPPINGS=h100")]
    [InlineData("PRICE_TARGET_GPU_MAPPINGS=h100=x")]
    [InlineData("WHITELIST_URL=not an address")]
    public void Read_BadSetting_NamesIt(string line) =>
        Assert.Contains(line.Split('=')[0], Assert.Throws<FormatException>(() => ScriptSettings.Read(line)).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_Rates_PassTheCheckOfTheConfiguration() => Assert.True(new PricingOptionsValidator().Validate(
        null, new() { Rates = ScriptSettings.Read("PRICE_TARGET_GPU_MAPPINGS=h100=900,*=100").Rates }).Succeeded, CultureInfo.InvariantCulture.Name);
}
