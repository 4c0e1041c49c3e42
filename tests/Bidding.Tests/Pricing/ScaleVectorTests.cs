using ProviderAgent.Bidding.Tests.Support;

namespace ProviderAgent.Bidding.Tests.Pricing;

/// <summary>The published vectors of the scale strategy, at all 18 digits.</summary>
public sealed class ScaleVectorTests
{
    public static TheoryData<string, ScaleOptions, string[], string> Vectors => new()
    {
        { "S1", new(), ["1000|1024|ephemeral:5120||1|0|1"], "7.4576" },
        { "S2", new(), ["1000|1024|ephemeral:5120,beta2:10240||2|1|3"], "86.288" },
        { "S3", Only(cpu: 22), ["13|1024|ephemeral:5120||1|0|1"], "286" },
        { "S4", Only(memory: 1), ["1000|1B|ephemeral:5120||1|0|1"], "0.0000009536743164" },
        { "S5", Only(memory: 1), ["1000|2097151B|ephemeral:5120||1|0|1"], "1.9999990463256836" },
        { "S6", Only(memory: 0.0016m), ["1000|1B|ephemeral:5120||1|0|1"], "0.000000001525878906" }, // 20 decimals, an error there; rounded here
        { "shared memory", new(), ["1000|1024|ephemeral:5120,ram:1024||1|0|1"], "7.62144" }, // as ephemeral
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Price_Vector_IsTheSameToTheLastDigit(string id, ScaleOptions scale, string[] units, string expected)
    {
        var text = Price.Text(Price.By(Units.Group(units), Options(scale)));

        Assert.True(expected == text, $"{id}: {text}");
    }

    [Fact]
    public void Validate_S7AllZero_IsRefused() =>
        Assert.Contains("must not all be 0", Assert.Single(new PricingOptionsValidator().Validate(null, Options(Only())).Failures!), StringComparison.Ordinal);

    [Fact]
    public void Price_S8ClassWithoutScale_IsRefused()
    {
        var unpriced = Assert.IsType<PriceResult.Unpriced>(Price.By(Units.Group(["1000|1024|beta3:5120||1|0|1"]), Options(new())));

        Assert.Equal(DeclineReason.NoPrice, unpriced.Reason);
        Assert.Contains("pricing.scale.storage.beta3", unpriced.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Price_Gpu_IsRefusedRatherThanSoldForNothing() =>
        Assert.Equal(DeclineReason.NoPrice, Assert.IsType<PriceResult.Unpriced>(Price.By(Units.Group(["1000|1024|ephemeral:5120|1:vendor/nvidia/model/t4|1|0|1"]), Options(new()))).Reason);

    [Fact]
    public void Price_Random_StaysWithinTheLimit()
    {
        var group = Build.Group(Build.Unit(limit: "120"));
        for (var i = 0; i < 1000; i++)
        {
            var price = Assert.IsType<PriceResult.Quoted>(Price.By(group, new() { Policy = PricingPolicyKind.Random, Floor = new() { Mode = FloorMode.Off } })).Quote.Price;
            Assert.False(price.IsAbove(group.PriceLimit));
        }
    }

    private static PricingOptions Options(ScaleOptions scale) => new() { Policy = PricingPolicyKind.Scale, Scale = scale, Floor = new() { Mode = FloorMode.Off } };

    private static ScaleOptions Only(decimal cpu = 0, decimal memory = 0) =>
        new() { Cpu = cpu, Memory = memory, Endpoint = 0, Ip = 0, Storage = new() { ["ephemeral"] = 0 } };
}
