using Google.Protobuf.WellKnownTypes;

namespace ProviderAgent.Devnet.Wires;

/// <summary>Times and spans as the wire holds them, compared without ever leaving their range.</summary>
internal static class WireTimes
{
    // A node keeps spans in 64 bits of nanoseconds.
    private const long MaxSpanSeconds = long.MaxValue / 1_000_000_000 - 1;

    // The years 1 to 9999.
    private const long MinSeconds = -62_135_596_800;
    private const long MaxSeconds = 253_402_300_799;

    private const int NanosPerSecond = 1_000_000_000;

    public static Duration ToWireDuration(this TimeSpan span) => Duration.FromTimeSpan(span);

    public static bool IsNegative(this Duration duration) => duration.Seconds < 0 || duration.Nanos < 0;

    public static bool IsShorterThan(this Duration left, Duration right) =>
        (left.Seconds, left.Nanos).CompareTo((right.Seconds, right.Nanos)) < 0;

    /// <summary>True when a node accepts the span.</summary>
    public static bool IsValid(Duration duration) =>
        duration.Seconds is > -MaxSpanSeconds and < MaxSpanSeconds
        && duration.Nanos is > -NanosPerSecond and < NanosPerSecond
        && (duration.Seconds >= 0 || duration.Nanos <= 0)
        && (duration.Seconds <= 0 || duration.Nanos >= 0);

    /// <summary>True when a node accepts the time.</summary>
    public static bool IsValid(Timestamp time) => time.Seconds is >= MinSeconds and <= MaxSeconds && time.Nanos is >= 0 and < NanosPerSecond;
}
