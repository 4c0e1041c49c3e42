namespace ProviderAgent.Marketplace.Tests.Resources;

public sealed class AttributeMatchTests
{
    [Theory]
    [InlineData("region", "region", true)]
    [InlineData("region", "regions", false)]
    [InlineData("region*", "regions", true)]
    [InlineData("*", "region", true)]
    [InlineData("*", "a/b", false)]
    [InlineData("a/*", "a/b", true)]
    [InlineData("a/*", "a/b/c", false)]
    [InlineData("a/*/c", "a/b/c", true)]
    [InlineData("a/*/c", "a/b/d/c", false)]
    [InlineData("*b*", "abc", true)]
    [InlineData("*b", "abab", true)]
    [InlineData("a*b*c", "axxbyyc", true)]
    [InlineData("a*b*c", "axxbyy", false)]
    [InlineData("?", "a", true)]
    [InlineData("?", "/", false)]
    [InlineData("?", "", false)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[a-c]x", "dx", false)]
    [InlineData("[^a-c]x", "dx", true)]
    [InlineData("[^a-c]x", "bx", false)]
    [InlineData("[abc]", "c", true)]
    [InlineData("[", "[", false)]
    [InlineData("\\*", "*", true)]
    [InlineData("\\*", "a", false)]
    [InlineData("vendor/nvidia/model/*", "vendor/nvidia/model/h200", true)]
    [InlineData("vendor/nvidia/model/*", "vendor/nvidia/model/h200/ram/141Gi", false)]
    public void KeyMatches_Pattern_StaysWithinItsSegment(string pattern, string key, bool expected) =>
        Assert.Equal(expected, AttributeMatch.KeyMatches(pattern, key));

    [Fact]
    public void KeyMatches_ManyStars_EndsInLinearTime()
    {
        // A matcher with full backtracking would need more steps than there are seconds in a year.
        var pattern = string.Concat(Enumerable.Repeat("a*", 60)) + "b";

        Assert.False(AttributeMatch.KeyMatches(pattern, new string('a', 120)));
    }

    [Fact]
    public void AllMatch_ValueDiffers_IsRefused()
    {
        ValueList<MarketAttribute> offered = [new("region", "eu"), new("tier", "community")];

        Assert.True(AttributeMatch.AllMatch([new("region", "eu")], offered));
        Assert.False(AttributeMatch.AllMatch([new("region", "us")], offered));
        Assert.False(AttributeMatch.AllMatch([new("region", "EU")], offered));
        Assert.True(AttributeMatch.AllMatch([], offered));
        Assert.Equal(new MarketAttribute("region", "us"), AttributeMatch.FirstUnmatched([new("tier", "community"), new("region", "us")], offered));
    }

    [Fact]
    public void StorageMatches_AttributesOfTwoGroups_DoNotAddUp()
    {
        ValueList<MarketAttribute> offered =
        [
            new("capabilities/storage/1/class", "beta2"),
            new("capabilities/storage/1/persistent", "true"),
            new("capabilities/storage/2/class", "ram"),
            new("capabilities/storage/2/persistent", "false"),
        ];

        Assert.True(AttributeMatch.StorageMatches(Volume("beta2", "true"), offered));
        Assert.True(AttributeMatch.StorageMatches(Volume("ram", "false"), offered));
        Assert.False(AttributeMatch.StorageMatches(Volume("ram", "true"), offered));
        Assert.False(AttributeMatch.StorageMatches(Volume("beta3", "true"), offered));
        Assert.True(AttributeMatch.StorageMatches(new StorageVolume("default", new(1), []), []));
    }

    [Theory]
    [InlineData("vendor/nvidia/model/*", true)]
    [InlineData("vendor/nvidia/model/rtx4090", true)]
    [InlineData("vendor/nvidia/model/rtx4090/ram/24Gi", true)]
    [InlineData("vendor/nvidia/model/rtx4090/ram/24Gi/interface/pcie", false)]
    [InlineData("vendor/nvidia/model/rtx4090/interface/pcie", false)]
    [InlineData("vendor/nvidia/model/h100", false)]
    public void GpuMatches_Wish_NeedsExactlyThatCombinedKey(string wish, bool expected)
    {
        ValueList<MarketAttribute> offered =
        [
            new("capabilities/gpu/vendor/nvidia/model/rtx4090", "true"),
            new("capabilities/gpu/vendor/nvidia/model/rtx4090/ram/24Gi", "true"),
        ];

        Assert.Equal(expected, AttributeMatch.GpuMatches(Gpu(1, [new(wish, "true")]), offered));
    }

    [Fact]
    public void GpuMatches_OneOfSeveralWishes_Suffices()
    {
        ValueList<MarketAttribute> offered = [new("capabilities/gpu/vendor/nvidia/model/t4", "true")];

        Assert.True(AttributeMatch.GpuMatches(Gpu(1, [new("vendor/nvidia/model/h100", "true"), new("vendor/nvidia/model/t4", "true")]), offered));
        Assert.True(AttributeMatch.GpuMatches(Gpu(1, []), offered));
        Assert.True(AttributeMatch.GpuMatches(Gpu(0, [new("vendor/nvidia/model/h100", "true")]), offered));
    }

    private static StorageVolume Volume(string storageClass, string persistent) =>
        new("data", new(1), [new("class", storageClass), new("persistent", persistent)]);

    private static Marketplace.Resources Gpu(int count, ValueList<MarketAttribute> wishes) =>
        new() { Id = 1, Cpu = new(100), Memory = new(1), Storage = [], Gpus = count, GpuAttributes = wishes };
}
