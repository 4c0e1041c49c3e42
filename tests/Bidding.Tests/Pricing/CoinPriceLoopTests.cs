using ProviderAgent.Bidding.Tests.Support;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Pricing;

/// <summary>The price of AKT over real HTTP and by the market's oracle, reading after reading.</summary>
public sealed class CoinPriceLoopTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly PricingOptions _options = new() { CoinPrice = new() { Confirm = 2, MinSources = 2 } };
    private readonly List<CannedServer> _servers = [];
    private readonly MeterProbe _meters = new();
    private readonly FixedOracle _oracle = new();

    public void Dispose()
    {
        foreach (var server in _servers) server.Dispose();
        _meters.Dispose();
    }

    [Fact]
    public async Task Read_OracleHasAPrice_NobodyElseIsAsked()
    {
        var source = Serve(CannedServer.Ok("""{"usd":9}"""));
        _oracle.Usd = Decimal18.Parse("0.42");
        using var keeper = Keeper();

        var price = await keeper.ReadAsync(default);

        Assert.Equal(("0.42", "the market's oracle"), (price!.Usd.ToString(), price.Source));
        Assert.Equal(0, source.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_OracleIsAwayOrEmpty_MedianOfTheSourcesCounts(bool isAway)
    {
        _oracle.IsAway = isAway;
        Serve(CannedServer.Ok("""{"usd":0.5}"""));
        Serve(CannedServer.Status("500 Internal Server Error", "down"));
        Serve(CannedServer.Ok("""{"usd":0.6}"""));
        Serve(CannedServer.Ok("""{"usd":"NaN"}"""));
        Serve(CannedServer.Ok("""{"usd":7}""")); // a source that lies is outvoted
        using var keeper = Keeper();

        var price = await keeper.ReadAsync(default);

        Assert.Equal(("0.6", "the median of 3 sources"), (price!.Usd.ToString(), price.Source));
    }

    [Fact]
    public async Task Read_OneOfTwoHangs_TooFewAnswersAreNoPriceAndTheOldOneGrowsStale()
    {
        var (steady, other) = (Serve(CannedServer.Ok("""{"usd":0.5}""")), Serve(CannedServer.Ok("""{"usd":0.5}""")));
        using var keeper = Keeper();
        Assert.Equal("0.5", (await keeper.ReadAsync(default))!.Usd.ToString());

        other.Answer(null);
        var reading = keeper.ReadAsync(default);
        await Eventually.BecomesTrueAsync("both sources to be asked", () => steady.Requests == 2 && other.Requests == 2);
        await Eventually.BecomesTrueAsync("the deadline to pass", () =>
        {
            _time.Advance(_options.CoinPrice.Timeout);
            return reading.IsCompleted;
        });
        Assert.Equal("0.5", (await reading)!.Usd.ToString()); // young enough
        _time.Advance(_options.CoinPrice.MaxAge);
        Assert.Null(Board.Usable(out var problem));
        Assert.Contains("no answer within", problem);

        other.Answer(CannedServer.Ok("""{"usd":0.5}"""));
        Assert.NotNull(await keeper.ReadAsync(default));
    }

    [Fact]
    public async Task Read_Jump_CountsOnceReadingsAgree()
    {
        var (left, right) = (Serve(CannedServer.Ok("""{"usd":0.5}""")), Serve(CannedServer.Ok("""{"usd":0.5}""")));
        using var keeper = Keeper();
        await keeper.ReadAsync(default);
        foreach (var server in new[] { left, right }) server.Answer(CannedServer.Ok("""{"usd":5}"""));

        Assert.Equal("0.5", (await keeper.ReadAsync(default))!.Usd.ToString());
        Assert.Equal("5", (await keeper.ReadAsync(default))!.Usd.ToString());
    }

    [Fact]
    public async Task Run_AsAService_ReadsAgainAtEachInterval()
    {
        var (left, right) = (Serve(CannedServer.Ok("""{"usd":0.5}""")), Serve(CannedServer.Ok("""{"usd":0.7}""")));
        using var keeper = Keeper();
        await keeper.StartAsync(default);
        await Eventually.BecomesTrueAsync("the first price", () => Board.Usable(out _)?.Usd.ToString() == "0.6" && _time.TimerCount > 0);

        left.Answer(CannedServer.Ok("""{"usd":0.6}"""));
        right.Answer(CannedServer.Ok("""{"usd":0.6}"""));
        await Eventually.BecomesTrueAsync("the loop to come round", () =>
        {
            if (left.Requests < 2) _time.Advance(_options.CoinPrice.Interval);
            return Board.Usable(out _) is { Usd: var usd } && usd.ToString() == "0.6" && left.Requests >= 2;
        });
        await keeper.StopAsync(default);
    }

    private CoinPriceBoard Board { get; set; } = null!;

    private CannedServer Serve(string answer)
    {
        var server = new CannedServer(answer);
        _servers.Add(server);
        _options.CoinPrice.Sources.Add(new() { Url = server.Url, Path = "usd" });
        return server;
    }

    private CoinPriceKeeper Keeper()
    {
        var options = new SettableOptions<PricingOptions>(_options);
        Board = new(options, _time);
        return new(Board, [_oracle], options, new(_meters), _time, new LogProbe<CoinPriceKeeper>());
    }

    private sealed class FixedOracle : ICoinPriceOracle
    {
        public Decimal18? Usd { get; set; }

        public bool IsAway { get; set; }

        public Task<Decimal18?> FindUsdAsync(Denom denom, CancellationToken ct) =>
            IsAway ? throw new MarketUnavailableException("no node answers", isTransient: true) : Task.FromResult(denom.Value == "uakt" ? Usd : null);
    }
}
