namespace ProviderAgent.Marketplace;

/// <summary>How fast the market's clock runs, for turning prices per month into prices per tick and back.</summary>
/// <param name="TicksPerMonth">Ticks in 30.437 days; positive.</param>
public sealed record MarketClock(Decimal18 TicksPerMonth)
{
    // 30.437 days of 86 400 seconds.
    private static readonly Decimal18 MonthSeconds = Decimal18.Parse("2629756.8");

    /// <summary>Mean length of one tick. For people and for timers, not for money.</summary>
    public TimeSpan TickLength => TimeSpan.FromSeconds((double)Seconds(TimeBase.Month).Atomics / (double)TicksPerMonth.Atomics);

    /// <exception cref="ArgumentOutOfRangeException">The length is not positive.</exception>
    public static MarketClock FromTickLength(TimeSpan length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(length, TimeSpan.Zero);
        var seconds = Decimal18.FromInteger(length.Ticks) / Decimal18.FromInteger(TimeSpan.TicksPerSecond);
        return new(Seconds(TimeBase.Month) / seconds);
    }

    /// <summary>Ticks in one <paramref name="span"/>.</summary>
    public Decimal18 TicksPer(TimeBase span) =>
        span == TimeBase.Tick ? Decimal18.One : TicksPerMonth * Seconds(span) / Seconds(TimeBase.Month);

    private static Decimal18 Seconds(TimeBase span) => span switch
    {
        TimeBase.Second => Decimal18.One,
        TimeBase.Hour => Decimal18.FromInteger(3_600),
        TimeBase.Day => Decimal18.FromInteger(86_400),
        TimeBase.Month => MonthSeconds,
        _ => throw new ArgumentOutOfRangeException(nameof(span)),
    };
}
