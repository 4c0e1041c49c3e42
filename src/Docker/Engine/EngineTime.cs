using System.Buffers;
using System.Globalization;
using System.Text;

namespace ProviderAgent.Docker;

/// <summary>A time of the engine to the nanosecond, which the platform's own types cut off. Compares in time order.</summary>
/// <param name="UnixSeconds">Seconds since 1970, UTC; negative before.</param>
/// <param name="Nanoseconds">0 to 999 999 999, counted forward.</param>
public readonly record struct EngineTime(long UnixSeconds, int Nanoseconds) : IComparable<EngineTime>
{
    private const int NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Length of <c>2026-01-02T03:04:05</c>.</summary>
    private const int SecondsLength = 19;

    /// <summary>True for the year 1, the engine's way of saying never.</summary>
    public bool IsNever => UnixSeconds <= -62_135_596_800;

    /// <summary>Reads <c>2026-11-22T06:22:32.736146051Z</c>: zero to nine decimals, <c>Z</c> or an offset.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out EngineTime time)
    {
        time = default;
        if (text.Length < SecondsLength + 1 || !TryParseSeconds(text[..SecondsLength], out var seconds)) return false;
        var rest = text[SecondsLength..];
        var nanoseconds = 0;
        if (rest[0] == '.')
        {
            var digits = rest[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (digits is < 1 or > 9) return false;
            foreach (var digit in rest.Slice(1, digits)) nanoseconds = (nanoseconds * 10) + digit - '0';
            for (var i = digits; i < 9; i++) nanoseconds *= 10;
            rest = rest[(digits + 1)..];
        }

        if (!TryParseOffset(rest, out var offset)) return false;
        time = new EngineTime(seconds - offset, nanoseconds);
        return true;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out EngineTime)"/>
    public static bool TryParse(string? text, out EngineTime time)
    {
        time = default;
        if (text is null or { Length: > 40 }) return false;
        Span<byte> bytes = stackalloc byte[40];
        return Ascii.FromUtf16(text, bytes, out var count) == OperationStatus.Done && TryParse(bytes[..count], out time);
    }

    /// <summary>From <see cref="Models.Message.TimeNano"/>.</summary>
    public static EngineTime FromUnixNanoseconds(long nanoseconds)
    {
        var (seconds, rest) = Math.DivRem(nanoseconds, NanosecondsPerSecond);
        return rest < 0 ? new EngineTime(seconds - 1, (int)rest + NanosecondsPerSecond) : new EngineTime(seconds, (int)rest);
    }

    /// <summary>As <c>since</c> and <c>until</c> want it: <c>1795328552.736146051</c>. Times before 1970 are written as 0.</summary>
    public string ToQuery() => UnixSeconds < 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{UnixSeconds}.{Nanoseconds:D9}");

    /// <summary>To the tick (100 ns).</summary>
    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.FromUnixTimeSeconds(UnixSeconds).AddTicks(Nanoseconds / TimeSpan.NanosecondsPerTick);

    public EngineTime AddSeconds(long seconds) => this with { UnixSeconds = UnixSeconds + seconds };

    public int CompareTo(EngineTime other) =>
        UnixSeconds != other.UnixSeconds ? UnixSeconds.CompareTo(other.UnixSeconds) : Nanoseconds.CompareTo(other.Nanoseconds);

    public static bool operator <(EngineTime left, EngineTime right) => left.CompareTo(right) < 0;

    public static bool operator >(EngineTime left, EngineTime right) => left.CompareTo(right) > 0;

    public static bool operator <=(EngineTime left, EngineTime right) => left.CompareTo(right) <= 0;

    public static bool operator >=(EngineTime left, EngineTime right) => left.CompareTo(right) >= 0;

    private static bool TryParseSeconds(ReadOnlySpan<byte> text, out long unixSeconds)
    {
        unixSeconds = 0;
        if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':'
            || !TryNumber(text[..4], 9999, out var year) || !TryNumber(text.Slice(5, 2), 12, out var month) || !TryNumber(text.Slice(8, 2), 31, out var day)
            || !TryNumber(text.Slice(11, 2), 23, out var hour) || !TryNumber(text.Slice(14, 2), 59, out var minute)
            || !TryNumber(text.Slice(17, 2), 59, out var second)
            || year == 0 || month == 0 || day == 0 || day > DateTime.DaysInMonth(year, month)) return false;
        unixSeconds = (new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc) - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
        return true;
    }

    private static bool TryParseOffset(ReadOnlySpan<byte> text, out long seconds)
    {
        seconds = 0;
        if (text.Length == 1) return text[0] == 'Z';
        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != ':'
            || !TryNumber(text.Slice(1, 2), 23, out var hours) || !TryNumber(text.Slice(4, 2), 59, out var minutes)) return false;
        seconds = (text[0] == '-' ? -1 : 1) * ((hours * 3600L) + (minutes * 60L));
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> digits, int max, out int value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit)) return false;
            value = (value * 10) + digit - '0';
        }

        return value <= max;
    }
}
