namespace ProviderAgent.Inventory.Tests.Reservations;

public sealed class ResourcePoolTests
{
    [Fact]
    public void Give_MoreThanUsed_BreaksTheBooksForGood()
    {
        var sut = CreateSut(total: 10);
        sut.Take(4);

        sut.Give(5);

        Assert.Equal((0L, 4L), (sut.Line.Free, sut.Line.Used));
        Assert.Contains("take back 5 of 4", sut.Fault, StringComparison.Ordinal);
        sut.Give(4);
        Assert.False(sut.Line.IsForSale);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TakeOrGive_NegativeAmount_BreaksTheBooks(bool take)
    {
        var sut = CreateSut(total: 10);

        if (take) sut.Take(-1);
        else sut.Give(-1);

        Assert.NotNull(sut.Fault);
        Assert.Equal(0, sut.Line.Used);
    }

    [Fact]
    public void Audit_SumDiffers_BreaksTheBooksAndTakesTheSum()
    {
        var sut = CreateSut(total: 10);
        sut.Take(4);
        sut.Audit(4);
        Assert.Null(sut.Fault);

        sut.Audit(6);

        Assert.Equal((6L, 0L), (sut.Line.Used, sut.Line.Free));
        Assert.NotNull(sut.Fault);
    }

    [Fact]
    public void Take_SumAboveSixtyFourBits_DoesNotWrap()
    {
        var sut = CreateSut(total: 10);
        for (var i = 0; i < 20; i++) sut.Take(Demand.Ceiling);

        Assert.True(sut.Line.IsOvercommitted);
        Assert.Equal(long.MaxValue, sut.Line.Used);

        for (var i = 0; i < 20; i++) sut.Give(Demand.Ceiling);
        Assert.Equal(10, sut.Line.Free);
    }

    private static ResourcePool CreateSut(long total)
    {
        var pool = new ResourcePool(ResourceKind.Cpu);
        pool.Measure(total);
        return pool;
    }
}
