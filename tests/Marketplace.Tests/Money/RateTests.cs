namespace ProviderAgent.Marketplace.Tests.Money;

public sealed class RateTests
{
    // Blocks per month that the market's price lists reckon with: 6.117 s a block.
    private static readonly MarketClock Clock = new(Decimal18.FromInteger(429_909));

    private static readonly Denom Uact = Denom.Parse("uact");

    [Fact]
    public void To_MonthlyPriceInTicks_AgreesWithThePublishedVector()
    {
        // Vector P2 of the lifecycle notes: 2.55 USD a month is 5.931488 uact a block.
        var monthly = new Rate(Decimal18.FromInteger(2_550_000), Uact, TimeBase.Month);

        Assert.Equal("5.931488", monthly.To(TimeBase.Tick, Clock).Amount.Round(6, MidpointRounding.ToEven).ToString());
    }

    [Theory]
    [InlineData(TimeBase.Second)]
    [InlineData(TimeBase.Hour)]
    [InlineData(TimeBase.Day)]
    [InlineData(TimeBase.Month)]
    public void To_ThereAndBack_IsTheSameToTheTwelfthDigit(TimeBase through)
    {
        var rate = Rate.PerTick(Decimal18.Parse("5.931488"), Uact);

        var back = rate.To(through, Clock).To(TimeBase.Tick, Clock);

        Assert.Equal(rate.Amount, back.Amount.Round(12, MidpointRounding.ToEven));
    }

    [Fact]
    public void TickLength_OfTheNominalClock_IsTheNominalBlockTime() => Assert.Equal(6.117, Clock.TickLength.TotalSeconds, 3);

    [Fact]
    public void FromTickLength_OneSecond_HasTheSecondsOfAMonth() =>
        Assert.Equal("2629756.8", MarketClock.FromTickLength(TimeSpan.FromSeconds(1)).TicksPerMonth.ToString());

    [Fact]
    public void Comparing_DifferentCoins_ThrowsInsteadOfGuessing()
    {
        var uact = Rate.PerTick(Decimal18.One, Uact);
        var uakt = Rate.PerTick(Decimal18.One, Denom.Parse("uakt"));

        Assert.Throws<InvalidOperationException>(() => uact.IsAbove(uakt));
        Assert.Throws<InvalidOperationException>(() => uact + uakt);
        Assert.Throws<InvalidOperationException>(() => uact.IsAbove(uact.To(TimeBase.Day, Clock)));
    }

    [Theory]
    [InlineData("500000uakt", 500_000, "uakt")]
    [InlineData("0uact", 0, "uact")]
    public void Coin_TextForm_ReadsBackTheSame(string text, long amount, string denom)
    {
        var coin = Coin.Parse(text);

        Assert.Equal(new Coin(amount, Denom.Parse(denom)), coin);
        Assert.Equal(text, coin.ToString());
    }

    [Theory]
    [InlineData("uakt")]
    [InlineData("-1uakt")]
    [InlineData("1.5uakt")]
    [InlineData("1 uakt")]
    [InlineData("9223372036854775808uakt")]
    [InlineData("5")]
    [InlineData("5u")]
    public void Coin_MalformedText_IsRefused(string text) => Assert.False(Coin.TryParse(text, out _));

    [Fact]
    public void Coin_Sum_DoesNotWrap() =>
        Assert.Throws<OverflowException>(() => new Coin(long.MaxValue, Uact) + new Coin(1, Uact));
}
