namespace ProviderAgent.Inventory.Tests.Placement;

public sealed class GpuTopologyTests
{
    [Fact]
    public void Pick_Pair_PrefersNvLinkThenSwitchThenNode()
    {
        var sut = new GpuTopology([new("a", "b", 20, false), new("a", "c", 50, true), new("b", "c", 50, false), new("a", "d", 40, false), new("b", "d", 40, false), new("c", "d", 50, false)]);

        Assert.Equal(["a", "c"], sut.Pick(["a", "b", "c", "d"], 2));
        Assert.Equal(["a", "b"], sut.Pick(["a", "b", "d"], 2));
    }

    [Fact]
    public void Pick_OneOfTwoPairsAndASingle_LeavesThePairsWhole()
    {
        var sut = new GpuTopology([new("a", "b", 50, true), new("c", "d", 50, true)]);

        Assert.Equal(["e"], sut.Pick(["a", "b", "c", "d", "e"], 1));
    }

    [Fact]
    public void Pick_TwoOfTwoIslandsOfFour_StaysOnOneIsland()
    {
        var sut = Islands();
        string[] free = ["a0", "a1", "a2", "a3", "b0", "b1", "b2", "b3"];

        Assert.Equal(["a0", "a1", "a2", "a3"], sut.Pick(free, 4));
        Assert.Single(sut.Pick(free, 2).Select(uuid => uuid[0]).Distinct());
        Assert.Equal(["b1", "b2"], sut.Pick(["a0", "a1", "a2", "a3", "b1", "b2"], 2)); // the island of four stays whole
    }

    [Fact]
    public void Pick_All_GivesAll() => Assert.Equal(["a0", "b0"], Islands().Pick(["b0", "a0"], 2));

    [Fact]
    public void Pick_NothingKnown_IsStable() => Assert.Equal(["x"], GpuTopology.None.Pick(["z", "y", "x"], 1));

    private static GpuTopology Islands()
    {
        var links = new List<GpuLink>();
        foreach (var island in "ab")
        {
            for (var left = 0; left < 4; left++)
            {
                for (var right = left + 1; right < 4; right++) links.Add(new($"{island}{left}", $"{island}{right}", 20, true));
            }
        }

        return new(links);
    }
}
