using ProviderAgent.Bidding.Tests.Support;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Pricing;

public sealed class GpuKeyTests
{
    [Theory]
    [InlineData("h100", "h100", false)]
    [InlineData("*", "*", false)]
    [InlineData("h100.80Gi.sxm", "h100.80Gi.sxm", false)]
    [InlineData("h100.80Gi.sxm5", "h100.80Gi.sxm", true)]
    [InlineData("H100.80GB.PCIe", "h100.80Gi.pcie", true)]
    [InlineData("h100.sxm.80Gi", "h100.80Gi.sxm", true)]
    [InlineData("nvidia-rtx-4090.24", "rtx4090.24Gi", true)]
    [InlineData("a100.pcie4", "a100.pcie", true)]
    [InlineData("h100.nvlink", "h100.nvlink", true)]
    public void Normalise_Key_IsSpelledAsOrdersSpellIt(string key, string expected, bool warns)
    {
        Assert.Equal(expected, GpuKey.Normalise(key, out var warning));
        Assert.Equal(warns, warning is not null);
    }

    [Fact]
    public void Warnings_OfAPlan_NameKeysThatCanNeverMatch() =>
        Assert.Contains("can never match", Assert.Single(new PricingPlan(new() { Rates = new() { Gpu = new() { ["h100.nvlink"] = 5, ["a100"] = 3 } } }).Warnings), StringComparison.Ordinal);

    [Fact]
    public void Price_PickedDevices_EachPaysItsOwnEntry()
    {
        var group = Units.Group(["1000|1024|ephemeral:5120|3:vendor/nvidia/model/*|1|0|1"]);
        var rates = new RatesOptions { Gpu = new() { ["h100"] = 900, ["h100.80Gi.sxm"] = 1500, ["h100.pcie"] = 1200, ["*"] = 5000 } };
        ValueList<PickedGpu> picked = [new(1, "h100", "80Gi", "sxm"), new(1, "h100", "94Gi", "pcie"), new(1, "h100", null, null)];

        var quote = Assert.IsType<PriceResult.Quoted>(Price.Of(group, rates, Build.Clock, new() { Gpus = picked })).Quote;

        Assert.Equal([1500m, 1200m, 900m], quote.Lines.Where(line => line.Item.StartsWith("gpu", StringComparison.Ordinal)).Select(line => decimal.Parse(line.Amount.ToString(), System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Price_PickedDeviceWithoutEntry_NamesIt()
    {
        var group = Units.Group(["1000|1024|ephemeral:5120|1:vendor/nvidia/model/*|1|0|1"]);

        var unpriced = Assert.IsType<PriceResult.Unpriced>(Price.Of(group, new() { Gpu = new() { ["h100"] = 900 } }, Build.Clock, new() { Gpus = [new(1, "t4", "16Gi", "pcie")] }));

        Assert.Equal(DeclineReason.NoPrice, unpriced.Reason);
        Assert.Contains("t4.16Gi.pcie", unpriced.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_KeysThatMeanTheSame_AreRefused() => Assert.Contains(
        "means the same as",
        Assert.Single(new PricingOptionsValidator().Validate(null, new() { Rates = new() { Gpu = new() { ["h100.sxm"] = 1, ["h100.sxm5"] = 2 } } }).Failures!),
        StringComparison.Ordinal);
}
