using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory.Tests.Gpus;

public sealed class GpuNamesTests
{
    [Theory]
    [InlineData(0x268410DEu, "rtx4090", 24, "pcie")]
    [InlineData(0x233510DEu, "h200", 141, "sxm")]
    [InlineData(0x233010DEu, "h100", 80, "sxm")]
    [InlineData(0x233110DEu, "h100", 80, "pcie")]
    [InlineData(0x20B310DEu, "a100", 64, "sxm")]
    public void Find_KnownDevice_GivesTheMarketsName(uint pciDeviceId, string name, int gib, string link) =>
        Assert.Equal(new GpuModel(name, gib, link), GpuNames.BuiltIn.Find(pciDeviceId));

    [Theory]
    [InlineData(0x26841002u)] // another vendor with the same number
    [InlineData(0x000110DEu)]
    [InlineData(0u)]
    public void Find_UnknownDevice_GivesNothing(uint pciDeviceId) => Assert.Null(GpuNames.BuiltIn.Find(pciDeviceId));

    [Fact]
    public void BuiltIn_HasAllRows() => Assert.Equal(96, GpuNames.BuiltIn.Count);

    [Trait(Pain.Trait, Pain.UnknownGpu)]
    [Theory]
    [InlineData("Tesla T4", 15360, "t4", 16)]
    [InlineData("NVIDIA A40", 46068, "a40", 48)]
    [InlineData("NVIDIA L4", 23034, "l4", 24)]
    [InlineData("NVIDIA GeForce RTX 4090", 24564, "rtx4090", 24)]
    [InlineData("NVIDIA GeForce RTX 5090", 32607, "rtx5090", 32)]
    [InlineData("NVIDIA H100 80GB HBM3", 81559, "h10080gbhbm3", 80)]
    [InlineData("NVIDIA H200", 143771, "h200", 141)]
    [InlineData("Quadro RTX 6000", 24576, "rtx6000", 24)]
    public void Derive_ProductName_FollowsTheRule(string product, long mebibytes, string name, int gib)
    {
        var model = GpuNames.Derive(product, (ulong)mebibytes << 20);

        Assert.Equal((name, gib, "pcie"), (model?.Name, model?.MemoryGib, model?.Interface));
    }

    [Theory]
    [InlineData("NVIDIA A100-SXM4-80GB", "sxm")]
    [InlineData("NVIDIA HGX B200", "sxm")]
    [InlineData("NVIDIA L40S", "pcie")]
    public void DeriveInterface_Name_TellsTheBoard(string product, string link) => Assert.Equal(link, GpuNames.DeriveInterface(product));

    [Theory]
    [InlineData(0UL)]
    [InlineData(ulong.MaxValue)]
    [InlineData(400UL << 30)]
    public void SoldSize_ImpossibleMemory_GivesNothing(ulong bytes) => Assert.Null(GpuNames.SoldSize(bytes));

    [Theory]
    [InlineData("", 1024)]
    [InlineData("NVIDIA GeForce", 1024)]
    public void Derive_NothingLeftOfTheName_GivesNothing(string product, long mebibytes) => Assert.Null(GpuNames.Derive(product, (ulong)mebibytes << 20));

    [Fact]
    public void Attributes_OneModel_AreTheFourForms()
    {
        var attributes = GpuModel.Attributes([new("h100", 80, "sxm"), new("h100", 80, "sxm")]);

        Assert.Equal(
            [
                "capabilities/gpu/vendor/nvidia/model/h100",
                "capabilities/gpu/vendor/nvidia/model/h100/interface/sxm",
                "capabilities/gpu/vendor/nvidia/model/h100/ram/80Gi",
                "capabilities/gpu/vendor/nvidia/model/h100/ram/80Gi/interface/sxm",
            ],
            attributes.Select(attribute => attribute.Key));
        Assert.All(attributes, attribute => Assert.Equal("true", attribute.Value));
        foreach (var wish in new[] { "vendor/nvidia/model/*", "vendor/nvidia/model/h100/ram/80Gi", "vendor/nvidia/model/h100/interface/sxm", "vendor/nvidia/model/h100/ram/80Gi/interface/sxm" })
            Assert.True(AttributeMatch.GpuMatches(new() { Id = 1, Cpu = new(1), Memory = new(1), Storage = [], Gpus = 1, GpuAttributes = [new(wish, "true")] }, attributes), wish);
    }

    [Theory]
    [InlineData("vendor/nvidia/model/h100", true)]
    [InlineData("vendor/nvidia/model/*", true)]
    [InlineData("vendor/nvidia/model/h100/ram/80Gi", true)]
    [InlineData("vendor/nvidia/model/h100/ram/40Gi", false)]
    [InlineData("vendor/nvidia/model/*/interface/sxm", true)]
    [InlineData("vendor/nvidia/model/*/interface/pcie", false)]
    [InlineData("vendor/nvidia/model/h100/ram/80Gi/interface/sxm", true)]
    [InlineData("vendor/nvidia/model/h100/interface/sxm/ram/80Gi", false)] // the market's order is fixed
    [InlineData("vendor/amd/model/*", false)]
    [InlineData("vendor/nvidia/model/h100/interface/mig", false)]
    [InlineData("vendor/nvidia/model/h100/ram", false)]
    [InlineData("vendor/nvidia", false)]
    [InlineData("", false)]
    public void Wish_Model_MatchesAsTheMarketDoes(string key, bool matches) =>
        Assert.Equal(matches, GpuWish.TryParse(key, out var wish) && wish.Matches(new("h100", 80, "sxm")));

    [Theory]
    [InlineData("vendor/nvidia/model/*", "vendor/nvidia/model/h100")]
    [InlineData("vendor/nvidia/model/*/ram/80Gi", "vendor/nvidia/model/h100/ram/80Gi")]
    [InlineData("vendor/nvidia/model/h100/interface/sxm", "vendor/nvidia/model/h100/interface/sxm")]
    public void Concrete_Wish_KeepsWhatTheOrderHad(string wish, string concrete)
    {
        Assert.True(GpuWish.TryParse(wish, out var parsed));
        Assert.Equal(concrete, parsed.Concrete(new("h100", 80, "sxm")));
    }
}
