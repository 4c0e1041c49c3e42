using System.Globalization;
using System.Numerics;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Numbers;

/// <summary>The chain's decimals on the wire: the value times 10^18 as a base-10 integer, so 1.5 is <c>1500000000000000000</c>.</summary>
internal static class LegacyDec
{
    // 315 bits, the chain's own bound, are at most 95 digits.
    private const int MaxDigits = 95;

    public static string Format(Decimal18 value) => value.Atomics.ToString(CultureInfo.InvariantCulture);

    /// <summary>False for anything but digits with an optional minus, and beyond 315 bits. A decimal point means JSON form, not wire form.</summary>
    public static bool TryParse(ReadOnlySpan<char> wire, out Decimal18 value)
    {
        value = default;
        var digits = wire.StartsWith('-') ? wire[1..] : wire;
        if (digits.Length is 0 or > MaxDigits || digits.ContainsAnyExceptInRange('0', '9')) return false;
        var atomics = BigInteger.Parse(wire, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        try
        {
            value = Decimal18.FromAtomics(atomics);
            return true;
        }
        catch (OverflowException)
        {
            return false;
        }
    }

    /// <exception cref="MalformedWireException">Not a decimal in wire form.</exception>
    public static Decimal18 Parse(string wire) =>
        TryParse(wire, out var value) ? value : throw new MalformedWireException($"'{WireText.Shorten(wire)}' is not a decimal in wire form");
}
