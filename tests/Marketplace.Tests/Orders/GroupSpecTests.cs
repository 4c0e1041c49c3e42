namespace ProviderAgent.Marketplace.Tests.Orders;

public sealed class GroupSpecTests
{
    private static readonly Denom Uact = Denom.Parse("uact");

    [Fact]
    public void PriceLimit_SeveralUnits_SumsUnitLimitTimesReplicas() =>
        Assert.Equal("35 uact/tick", Spec(Unit(5, 3, Uact), Unit(10, 2, Uact)).PriceLimit.ToString());

    [Fact]
    public void PriceLimit_MixedCoinsOrNoUnit_Throws()
    {
        Assert.Throws<InvalidOperationException>(() => Spec(Unit(5, 1, Uact), Unit(5, 1, Denom.Parse("uakt"))).PriceLimit);
        Assert.Throws<InvalidOperationException>(() => Spec().PriceLimit);
    }

    [Fact]
    public void Equality_ComparesListsByContent()
    {
        Assert.Equal(Spec(Unit(5, 3, Uact)), Spec(Unit(5, 3, Uact)));
        Assert.NotEqual(Spec(Unit(5, 3, Uact)), Spec(Unit(5, 4, Uact)));
    }

    private static GroupSpec Spec(params ResourceUnit[] units) => new("west", PlacementRequirements.None, [.. units]);

    private static ResourceUnit Unit(long price, int count, Denom denom) =>
        new(new Marketplace.Resources { Id = 1, Cpu = new(100), Memory = new(1), Storage = [] }, count, Rate.PerTick(Decimal18.FromInteger(price), denom));
}
