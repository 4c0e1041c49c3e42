using System.Globalization;
using System.Numerics;
using Google.Protobuf;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Wires;

/// <summary>Numbers that the wire hides in strings and bytes. Bounded as a node bounds them: 256 bits for whole numbers, 315 for decimals.</summary>
internal static class WireNumbers
{
    private const int MaxIntegerBits = 256;

    // 256 bits are at most 78 digits; a sign comes on top.
    private const int MaxIntegerLength = 79;

    // 315 bits are at most 95 digits; a sign comes on top.
    private const int MaxDecimalLength = 96;

    /// <summary>Reads base-10 digits with an optional minus. Empty counts as zero, as a node reads it.</summary>
    public static bool TryInteger(ReadOnlySpan<char> text, out BigInteger value)
    {
        value = BigInteger.Zero;
        if (text.IsEmpty) return true;
        return text.Length <= MaxIntegerLength
            && BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
            && text[0] != '+'
            && BigInteger.Abs(value).GetBitLength() <= MaxIntegerBits;
    }

    /// <summary>Reads the ASCII digits of a resource value.</summary>
    public static bool TryInteger(ByteString bytes, out BigInteger value)
    {
        value = BigInteger.Zero;
        if (bytes.Length > MaxIntegerLength) return false;
        Span<char> text = stackalloc char[bytes.Length];
        for (var i = 0; i < bytes.Length; i++) text[i] = (char)bytes[i];
        return TryInteger(text, out value);
    }

    /// <summary>Reads a decimal in its wire form: the value times 10^18 as a whole number.</summary>
    public static bool TryDecimal(ReadOnlySpan<char> text, out Decimal18 value)
    {
        value = default;
        if (text.IsEmpty) return true;
        if (text.Length > MaxDecimalLength
            || text[0] == '+'
            || !BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var atomics)
            || BigInteger.Abs(atomics).GetBitLength() > 315) return false;
        value = Decimal18.FromAtomics(atomics);
        return true;
    }
}
