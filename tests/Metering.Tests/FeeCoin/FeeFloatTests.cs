namespace ProviderAgent.Metering.Tests;

public sealed class FeeFloatTests : IDisposable
{
    private readonly PurseMarket _market = new();
    private readonly ScriptedConversions _conversions = new();
    private readonly FixedOptions<TreasuryOptions> _options = new(new() { KeepAkt = Sample.Uakt(1_000), Convert = true });
    private readonly MemoryLog<FeeFloat> _log = new();
    private readonly ManualTimeProvider _time = new(Sample.Epoch);
    private readonly FeeFloat _sut;

    public FeeFloatTests() => _sut = new(_market, _conversions, _options, _time, Sample.Metrics(), _log);

    public void Dispose() => _sut.Dispose();

    [Fact]
    public async Task LookAsync_EnoughThere_DoesNothing()
    {
        _market.Akt = 1_000;

        await _sut.LookAsync(default);

        Assert.Empty(_market.Submitted);
        Assert.Null(_sut.Snapshot.Alarm);
        Assert.Equal((1_000, 5_000), (_sut.Snapshot.Balance.Amount, _sut.Snapshot.Earned.Amount));
    }

    [Fact]
    public async Task LookAsync_TooLittle_ConvertsUpToTwiceAndSaysSo()
    {
        _market.Akt = 400;

        await _sut.LookAsync(default);

        // 1600 are missing to twice the float; at two for one that is 800, and one for rounding.
        Assert.Equal([new MarketAction.Convert(Sample.Coin(801))], _market.Submitted);
        Assert.Contains("treasury.keep_akt", _sut.Snapshot.Alarm, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LookAsync_ConversionUnderWay_AddsNoSecondOne()
    {
        _market.Akt = 400;
        _conversions.Pending.Add(new(Sample.Coin(801), Denom.Parse("uakt"), new(1), 0));

        await _sut.LookAsync(default);

        Assert.Empty(_market.Submitted);
        Assert.Contains("under way", _sut.Snapshot.Alarm, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not wanted", "provider-agent convert")]
    [InlineData("halted", "breaker")]
    [InlineData("no earnings", "not enough")]
    [InlineData("too little", "not enough")]
    [InlineData("away", "not known")]
    public async Task LookAsync_CannotConvert_OnlyRaisesTheAlarmWithTheReason(string what, string hint)
    {
        _market.Akt = 400;
        switch (what)
        {
            case "not wanted": _options.CurrentValue.Convert = false; break;
            case "halted": _conversions.Terms = _conversions.Terms with { Halted = "the breaker is open" }; break;
            case "no earnings": _market.Act = 0; break;
            case "too little": _conversions.Terms = _conversions.Terms with { Minimum = Sample.Uakt(1_000_000) }; break;
            default: _conversions.IsAway = true; break;
        }

        await _sut.LookAsync(default);

        Assert.Empty(_market.Submitted);
        Assert.Contains(hint, _sut.Snapshot.Alarm, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LookAsync_Refused_SaysWhy()
    {
        _market.Akt = 0;
        _market.Refusal = MarketRefusal.ConversionHalted;

        await _sut.LookAsync(default);

        Assert.Contains("ConversionHalted", _sut.Snapshot.Alarm, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LookAsync_MarketAway_KeepsWhatWasKnown()
    {
        _market.Akt = 400;
        await _sut.LookAsync(default);
        var before = _sut.Snapshot;
        _market.IsAway = true;

        await Assert.ThrowsAsync<MarketUnavailableException>(() => _sut.LookAsync(default));

        Assert.Same(before, _sut.Snapshot);
        Assert.Single(_market.Submitted);
    }

    [Fact]
    public async Task LookAsync_Often_RaisesTheAlarmOnceAndTakesItBack()
    {
        _options.CurrentValue.Convert = false;
        _market.Akt = 400;
        await _sut.LookAsync(default);
        await _sut.LookAsync(default);
        _market.Akt = 4_000;
        await _sut.LookAsync(default);

        Assert.Equal(["FeeFloatLow", "FeeFloatEnough"], _log.Events);
    }

    [Theory]
    [InlineData(null, 5_000, 10_000)]
    [InlineData(7L, 7, 14)]
    public async Task ConvertAsync_Asked_ConvertsThatMuchOrAll(long? amount, long burned, long estimate)
    {
        var result = await _sut.ConvertAsync(amount, default);

        Assert.Equal((burned, estimate, 10L, null), (result.Burned.Amount, result.Estimate.Amount, result.EpochTicks, result.Refusal));
        Assert.Equal([new MarketAction.Convert(Sample.Coin(burned))], _market.Submitted);
    }

    [Fact]
    public async Task ConvertAsync_MoreThanThereIs_IsRefusedBeforeSending()
    {
        var result = await _sut.ConvertAsync(5_001, default);

        Assert.Contains("withdraw first", result.Refusal, StringComparison.Ordinal);
        Assert.Empty(_market.Submitted);
    }

    /// <summary>Two balances, and a list of what was asked for.</summary>
    private sealed class PurseMarket : MarketStub
    {
        public override AccountAddress Account => Sample.Provider;

        public long Akt { get; set; } = 1_000;

        public long Act { get; set; } = 5_000;

        public bool IsAway { get; set; }

        public MarketRefusal? Refusal { get; set; }

        public List<MarketAction> Submitted { get; } = [];

        public override Task SettleAsync(CancellationToken ct) => IsAway ? Task.FromException(new MarketUnavailableException("away")) : Task.CompletedTask;

        public override Task<Coin> GetBalanceAsync(AccountAddress account, Denom denom, CancellationToken ct) => Task.FromResult(new Coin(denom.Value == "uakt" ? Akt : Act, denom));

        public override Task<ActionOutcome> SubmitAsync(MarketAction action, CancellationToken ct)
        {
            Submitted.Add(action);
            return Task.FromResult<ActionOutcome>(Refusal is { } reason ? new ActionOutcome.Refused(reason, "no", Sample.Uakt(0)) : new ActionOutcome.Done("AA", new(1), Sample.Uakt(5)));
        }
    }
}
