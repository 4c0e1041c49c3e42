using System.Globalization;
using Google.Protobuf;

namespace ProviderAgent.Chain.Numbers;

/// <summary>Whole numbers that the wire carries as text or as bytes of text.</summary>
/// <remarks>The chain allows 256 bits. What does not fit 63 is refused here rather than cut: no real quantity comes near.</remarks>
internal static class WireInteger
{
    // 256 bits are at most 78 digits; longer text is not even looked at.
    private const int MaxDigits = 78;

    public static string Format(long value) => value.ToString(CultureInfo.InvariantCulture);

    public static ByteString FormatBytes(long value) => ByteString.CopyFromUtf8(Format(value));

    /// <summary>Digits with an optional minus, within 64 bits; no plus, no blanks.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long value)
    {
        value = 0;
        return text.Length is > 0 and <= MaxDigits
            && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
            && text[0] != '+';
    }

    /// <exception cref="MalformedWireException">Not a whole number, or outside 64 bits.</exception>
    public static long Parse(string text, string what) =>
        TryParse(text, out var value) ? value : throw new MalformedWireException($"{what} '{WireText.Shorten(text)}' is not a whole number within 64 bits");

    /// <summary>A quantity: digits in a bytes field, from 0 up.</summary>
    /// <exception cref="MalformedWireException">Not a whole number, negative, or outside 64 bits.</exception>
    public static long ParseQuantity(ByteString? bytes, string what)
    {
        Span<char> text = stackalloc char[MaxDigits];
        if (bytes is null || bytes.Length is 0 or > MaxDigits) throw new MalformedWireException($"{what} has no readable quantity");
        for (var i = 0; i < bytes.Length; i++) text[i] = (char)bytes[i];
        return TryParse(text[..bytes.Length], out var value) && value >= 0
            ? value
            : throw new MalformedWireException($"{what} '{WireText.Shorten(text[..bytes.Length].ToString())}' is not a whole number from 0 up within 64 bits");
    }

    /// <summary>An unsigned number of the wire as <see cref="int"/>.</summary>
    /// <exception cref="MalformedWireException">Above 2^31 - 1.</exception>
    public static int ToInt(uint value, string what) =>
        value <= int.MaxValue ? (int)value : throw new MalformedWireException($"{what} {value} is too large");
}
