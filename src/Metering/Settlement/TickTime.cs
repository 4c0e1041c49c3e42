using System.Numerics;

namespace ProviderAgent.Metering;

/// <summary>Ticks of the market as lengths of time, without overflow whatever the market says.</summary>
internal static class TickTime
{
    // Beyond this nobody cares, and TimeSpan could not say it.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3_650);

    public static TimeSpan Of(BigInteger ticks, MarketClock clock)
    {
        var tick = Math.Max(1, clock.TickLength.Ticks);
        var most = Longest.Ticks / tick;
        return ticks > most ? Longest : ticks < -most ? -Longest : TimeSpan.FromTicks((long)ticks * tick);
    }

    /// <summary>Time from <paramref name="earlier"/> to <paramref name="later"/>; zero when they are the other way round.</summary>
    public static TimeSpan Between(MarketTick earlier, MarketTick later, MarketClock clock) =>
        later > earlier ? Of((BigInteger)later.Value - earlier.Value, clock) : TimeSpan.Zero;
}
