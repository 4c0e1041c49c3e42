using System.Net;

namespace ProviderAgent.Workloads.Tests.Networks;

public sealed class SubnetPoolTests
{
    [Theory]
    [InlineData("10.213.0.0/16", true)]
    [InlineData("192.168.0.0/24", true)]
    [InlineData("172.31.0.0/16", true)]
    [InlineData("172.32.0.0/16", false)]
    [InlineData("8.8.0.0/16", false)]
    [InlineData("192.168.0.0/25", false)]
    [InlineData("192.160.0.0/12", false)]
    [InlineData("10.213.0.1/16", true)]
    [InlineData("10.213.0.0", false)]
    [InlineData("fd00::/16", false)]
    [InlineData("", false)]
    public void TryParse_OnlyPrivateRangesThatHoldSeveralLeases(string text, bool accepted) => Assert.Equal(accepted, SubnetPool.TryParse(text, out _));

    [Fact]
    public void Candidates_WholePool_AreDistinctAndInside()
    {
        Assert.True(SubnetPool.TryParse("10.213.0.0/20", out var pool));

        var subnets = pool.Candidates(seed: 4_000_000_000, taken: []).ToArray();

        Assert.Equal(64, subnets.Distinct().Count());
        Assert.All(subnets, subnet => Assert.True(IPNetwork.Parse("10.213.0.0/20").Contains(subnet.BaseAddress)));
    }

    [Fact]
    public void Candidates_TakenNetworks_AreLeftOutWhateverTheirSize()
    {
        Assert.True(SubnetPool.TryParse("10.213.0.0/24", out var pool));

        var subnets = pool.Candidates(0, [IPNetwork.Parse("10.213.0.64/28"), IPNetwork.Parse("10.213.0.128/25"), IPNetwork.Parse("192.168.0.0/16")]);

        Assert.Equal([IPNetwork.Parse("10.213.0.0/26")], subnets);
        Assert.Empty(pool.Candidates(0, [IPNetwork.Parse("10.0.0.0/8")]));
    }
}
