using System.Buffers.Text;

namespace ProviderAgent.Metering;

/// <summary>Reads numbers out of kernel text. Whatever is not a plain number of 0 to 2^62 is refused: a wrong counter is worse than a missing one.</summary>
internal static class CounterText
{
    // Far above anything real (146 years of one CPU in nanoseconds, four exabytes), far enough below 2^63 that sums of two cannot wrap.
    public const long Largest = 1L << 62;

    /// <summary>The whole text is one number, maybe followed by a line end.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> text, out long value) =>
        TryLeading(text, out value, out var used) && text[used..].Trim((byte)'\n').IsEmpty;

    /// <summary>The number behind <paramref name="key"/> and a blank, at the start of a line.</summary>
    public static bool TryKeyed(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key, out long value)
    {
        foreach (var range in text.Split((byte)'\n'))
        {
            var line = text[range];
            if (line.Length <= key.Length || !line.StartsWith(key) || line[key.Length] != ' ') continue;
            return TryNumber(line[(key.Length + 1)..], out value);
        }

        value = 0;
        return false;
    }

    /// <summary>The number at the start of the text.</summary>
    /// <param name="text">Text that begins with a digit.</param>
    /// <param name="value">The number.</param>
    /// <param name="used">How many bytes it takes.</param>
    public static bool TryLeading(ReadOnlySpan<byte> text, out long value, out int used) =>
        Utf8Parser.TryParse(text, out value, out used) && text[0] is >= (byte)'0' and <= (byte)'9' && value <= Largest;
}
