using System.Text;
using ProviderAgent.Bidding.Tests.Support;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Pricing;

public sealed class CoinPriceTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly CoinPriceOptions Settings = new() { Confirm = 3 };

    [Theory]
    [InlineData("3")]
    [InlineData("1,2,3")]
    [InlineData("9,1,2,5", "3.5")]
    public void Median_Prices_IsTheMiddle(string prices, string? expected = null) =>
        Assert.Equal(expected ?? (prices.Contains(',', StringComparison.Ordinal) ? "2" : prices), CoinPriceState.Median([.. prices.Split(',').Select(Decimal18.Parse)]).ToString());

    [Fact]
    public void Read_Jump_IsBelievedOnlyAfterSeveralReadingsAgree()
    {
        var state = CoinPriceState.Start.Read(Of("1"), "a", Now, Settings);

        var once = state.Read(Of("10"), "a", Now.AddMinutes(1), Settings);
        var elsewhere = once.Read(Of("20"), "a", Now.AddMinutes(2), Settings);
        var twice = elsewhere.Read(Of("20.5"), "a", Now.AddMinutes(3), Settings);
        var thrice = twice.Read(Of("20.2"), "a", Now.AddMinutes(4), Settings);

        Assert.Equal("1", once.Believed!.Usd.ToString());
        Assert.Contains("jumped", once.Problem, StringComparison.Ordinal);
        Assert.Equal(1, elsewhere.Times);
        Assert.Equal("1", twice.Believed!.Usd.ToString());
        Assert.Equal("20.2", thrice.Believed!.Usd.ToString());
    }

    [Fact]
    public void Usable_StalePrice_IsNotUsedAndSaysWhy()
    {
        var state = CoinPriceState.Start.Read(Of("1"), "a", Now, Settings).Failed("example.com: it answers 500");

        Assert.NotNull(state.Usable(Now + Settings.MaxAge, Settings, out _));
        Assert.Null(state.Usable(Now + Settings.MaxAge + TimeSpan.FromSeconds(1), Settings, out var problem));
        Assert.Contains("it answers 500", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Usable_ClockSetFarBack_IsNotUsed() =>
        Assert.Null(CoinPriceState.Start.Read(Of("1"), "a", Now, Settings).Usable(Now - TimeSpan.FromDays(2), Settings, out _));

    [Fact]
    public void Usable_Unsure_ReckonsWithTheConfiguredPrice() =>
        Assert.Equal("0.2", CoinPriceState.Start.Usable(Now, new() { WhenUnsure = 0.2m }, out _)!.Usd.ToString());

    [Theory]
    [InlineData("""{"akash-network":{"usd":0.5}}""", "akash-network.usd", "0.5")]
    [InlineData("""{"data":[{"price":"1.25"}]}""", "data[0].price", "1.25")]
    [InlineData("""{"p":5e-1}""", "p", "0.5")]
    [InlineData(" 0.75\n", "", "0.75")]
    public void Find_GoodAnswer_IsRead(string body, string path, string expected) =>
        Assert.Equal(expected, CoinPriceReader.Find(Encoding.UTF8.GetBytes(body), path).Price?.ToString());

    [Theory]
    [InlineData("""{"p":0}""")]
    [InlineData("""{"p":-1}""")]
    [InlineData("""{"p":"NaN"}""")]
    [InlineData("""{"p":"Infinity"}""")]
    [InlineData("""{"p":1e300}""")]
    [InlineData("""{"p":1000001}""")]
    [InlineData("""{"p":1e-30}""")]
    [InlineData("""{"p":[1]}""")]
    [InlineData("""{"q":1}""")]
    [InlineData("<html>down for maintenance</html>")]
    [InlineData("")]
    public void Find_BadAnswer_IsRefusedWithAReason(string body)
    {
        var (price, problem) = CoinPriceReader.Find(Encoding.UTF8.GetBytes(body), "p");

        Assert.Null(price);
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void Price_P1InUakt_IsThatOfTheScript() =>
        Assert.Equal("11.862976", Price.Text(Price.Of(Units.Group(["1000|1024|ephemeral:5120||1|0|1"], denom: Build.Uakt), new(), Build.Clock, new() { Akt = new(Of("0.5"), "test", Now) })));

    [Fact]
    public void Price_P3InUsdc_IsThatInUact() =>
        Assert.Equal("5.931488", Price.Text(Price.Of(Units.Group(["1000|1024|ephemeral:5120||1|0|1"], denom: Denom.Parse(new PricingOptions().DollarCoins[0])), new(), Build.Clock)));

    [Fact]
    public void Price_UaktWithoutAPrice_IsDeclinedForThatReason()
    {
        var unpriced = Assert.IsType<PriceResult.Unpriced>(Price.Of(Build.Group(Build.Unit(denom: Build.Uakt)), new(), Build.Clock, new() { AktProblem = "all sources are down" }));

        Assert.Equal(DeclineReason.CoinPriceUnknown, unpriced.Reason);
        Assert.Contains("all sources are down", unpriced.Detail, StringComparison.Ordinal);
    }

    private static Decimal18 Of(string text) => Decimal18.Parse(text);
}
