using Google.Protobuf.WellKnownTypes;

namespace ProviderAgent.Chain.Numbers;

/// <summary>Spans and moments of the wire, which have nanoseconds and centuries that our types do not.</summary>
internal static class WireTime
{
    private const int NanosPerTick = 100;
    private const long MaxSeconds = 100L * 366 * 86_400; // a century; the chain's own bounds are hours to days

    public static Duration ToWire(TimeSpan span) => Duration.FromTimeSpan(span);

    /// <summary>Null stays null; parts of 100 ns are dropped.</summary>
    /// <exception cref="MalformedWireException">Negative, beyond a century, or seconds and nanoseconds that do not fit together.</exception>
    public static TimeSpan? ToSpan(Duration? wire, string what)
    {
        if (wire is null) return null;
        if (wire.Seconds is < 0 or > MaxSeconds || wire.Nanos is < 0 or > 999_999_999)
        {
            throw new MalformedWireException($"{what} of {wire.Seconds} s {wire.Nanos} ns is not a length of time");
        }

        return TimeSpan.FromTicks((wire.Seconds * TimeSpan.TicksPerSecond) + (wire.Nanos / NanosPerTick));
    }

    /// <exception cref="MalformedWireException">Before 1970 or beyond the year 9999.</exception>
    public static DateTimeOffset ToMoment(long unixSeconds, string what) =>
        unixSeconds >= 0 && unixSeconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(unixSeconds)
            : throw new MalformedWireException($"{what} {unixSeconds} is not a moment in unix seconds");
}
