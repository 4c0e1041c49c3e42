using System.Globalization;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Config;

/// <summary>Turns the text of an option into its type. Units are always written: <c>30s</c>, <c>2Gi</c>, <c>500m</c>, <c>0.5akt</c>.</summary>
internal static class ValueText
{
    private static readonly (string Suffix, long Ticks)[] DurationUnits =
    [
        ("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour), ("d", TimeSpan.TicksPerDay),
    ];

    private static readonly (string Suffix, long Bytes)[] SizeUnits =
    [
        ("Ki", ByteSize.KiB), ("Mi", ByteSize.MiB), ("Gi", ByteSize.GiB), ("Ti", ByteSize.TiB),
        ("k", 1_000), ("M", 1_000_000), ("G", 1_000_000_000), ("T", 1_000_000_000_000),
    ];

    /// <summary>Reads <paramref name="text"/> as <paramref name="type"/>; on failure <paramref name="expected"/> says what would be right.</summary>
    public static bool TryRead(Type type, string text, out object? value, out string expected)
    {
        value = null;
        (bool Ok, object? Value, string Expected) read = type switch
        {
            _ when type == typeof(string) => (true, text, ""),
            _ when type == typeof(bool) => (bool.TryParse(text, out var b), b, "true or false"),
            _ when type == typeof(int) => (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var i), i, "a whole number"),
            _ when type == typeof(long) => (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var l), l, "a whole number"),
            _ when type == typeof(decimal) => (TryDecimal(text, out var d), d, "a decimal number such as 1.6"),
            _ when type == typeof(TimeSpan) => (TryDuration(text, out var t), t, "a duration with its unit: 500ms, 30s, 5m, 2h, 1d or 1h30m"),
            _ when type == typeof(ByteSize) => (TrySize(text, out var s), s, "a size with its unit: 512Mi, 2Gi (1024s) or 500M, 2G (1000s)"),
            _ when type == typeof(MilliCpu) => (TryCpu(text, out var c), c, "processor threads: 2, 0.5 or 500m"),
            _ when type == typeof(Coin) => (TryCoin(text, out var m), m, "an amount with its coin: 0.5akt or 500000uakt"),
            _ when type == typeof(Uri) => (Uri.TryCreate(text, UriKind.Absolute, out var u), u, "an address with its scheme, such as https://provider.example.com:8443"),
            _ when type.IsEnum => TryEnum(type, text),
            _ => throw new NotSupportedException($"options of type {type} have no text form"),
        };
        expected = read.Expected;
        if (read.Ok) value = read.Value;
        return read.Ok;
    }

    /// <summary>The text that <see cref="TryRead"/> reads back as the same value; for showing and comparing.</summary>
    public static string Write(object? value) => value switch
    {
        null => "",
        bool b => b ? "true" : "false",
        TimeSpan t => WriteDuration(t),
        ByteSize s => WriteSize(s),
        MilliCpu c => c.Value % 1000 == 0 ? (c.Value / 1000).ToString(CultureInfo.InvariantCulture) : c.ToString(),
        Enum e => OptionNames.Key(e.ToString()),
        Uri u => u.OriginalString,
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static bool TryDecimal(ReadOnlySpan<char> text, out decimal value) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    private static bool TryDuration(ReadOnlySpan<char> text, out TimeSpan value)
    {
        value = TimeSpan.Zero;
        if (text is "0") return true;
        long ticks = 0;
        var any = false;
        while (!text.IsEmpty)
        {
            var digits = 0;
            while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || text[digits] == '.')) digits++;
            var letters = digits;
            while (letters < text.Length && char.IsAsciiLetterLower(text[letters])) letters++;
            var suffix = text[digits..letters].ToString();
            var unit = Array.Find(DurationUnits, unit => unit.Suffix == suffix).Ticks;
            if (unit == 0 || !TryDecimal(text[..digits], out var amount) || amount * unit > TimeSpan.TicksPerDay * 36_500m) return false;
            ticks += (long)(amount * unit);
            text = text[letters..];
            any = true;
        }

        value = TimeSpan.FromTicks(ticks);
        return any;
    }

    private static bool TrySize(ReadOnlySpan<char> text, out ByteSize value)
    {
        value = default;
        foreach (var (suffix, bytes) in SizeUnits)
        {
            if (!text.EndsWith(suffix, StringComparison.Ordinal)) continue;
            if (!TryDecimal(text[..^suffix.Length], out var amount) || amount < 0 || amount > long.MaxValue / bytes) return false;
            value = new((long)(amount * bytes));
            return true;
        }

        return text is "0";
    }

    private static bool TryCpu(ReadOnlySpan<char> text, out MilliCpu value)
    {
        var milli = text.EndsWith("m", StringComparison.Ordinal);
        var ok = TryDecimal(milli ? text[..^1] : text, out var amount) && amount is >= 0 and <= 1_000_000;
        var thousandths = milli ? amount : amount * 1000;
        value = ok ? new((long)thousandths) : default;
        return ok && thousandths == decimal.Truncate(thousandths);
    }

    /// <summary>Reads <c>500000uakt</c> as it is, and <c>0.5akt</c> as half a million of <c>uakt</c>.</summary>
    private static bool TryCoin(string text, out Coin value)
    {
        value = default;
        var end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.')) end++;
        if (!TryDecimal(text.AsSpan(0, end), out var amount) || end == text.Length) return false;
        if (text[end] == 'u') return Coin.TryParse(text, out value);
        if (amount > long.MaxValue / 1_000_000m || decimal.Truncate(amount * 1_000_000) != amount * 1_000_000) return false;
        return Coin.TryParse(string.Create(CultureInfo.InvariantCulture, $"{decimal.Truncate(amount * 1_000_000)}u{text.AsSpan(end)}"), out value);
    }

    private static (bool Ok, object? Value, string Expected) TryEnum(Type type, string text)
    {
        var names = Enum.GetNames(type);
        var name = Array.Find(names, name => OptionNames.Key(name) == text);
        return name is null ? (false, null, "one of " + string.Join(", ", names.Select(OptionNames.Key))) : (true, Enum.Parse(type, name), "");
    }

    private static string WriteDuration(TimeSpan value)
    {
        if (value == TimeSpan.Zero) return "0s";
        foreach (var (suffix, ticks) in DurationUnits.Reverse())
        {
            if (value.Ticks % ticks == 0) return string.Create(CultureInfo.InvariantCulture, $"{value.Ticks / ticks}{suffix}");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{(decimal)value.Ticks / TimeSpan.TicksPerMillisecond}ms");
    }

    private static string WriteSize(ByteSize value)
    {
        foreach (var (suffix, bytes) in SizeUnits.Where(unit => unit.Suffix.Length == 2).Reverse())
        {
            if (value.Bytes != 0 && value.Bytes % bytes == 0) return string.Create(CultureInfo.InvariantCulture, $"{value.Bytes / bytes}{suffix}");
        }

        return value.Bytes == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{(decimal)value.Bytes / ByteSize.KiB}Ki");
    }
}
