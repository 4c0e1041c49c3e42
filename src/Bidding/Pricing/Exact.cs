using System.Globalization;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Between the decimals of a configuration and those of the market.</summary>
internal static class Exact
{
    /// <summary>The same number at 18 digits; options are checked to have no more.</summary>
    public static Decimal18 Of(decimal value) =>
        Decimal18.Parse(decimal.Round(value, Decimal18.Digits).ToString(CultureInfo.InvariantCulture));

    /// <summary>For people and for JSON numbers; at most 12 digits after the point.</summary>
    public static string Short(Decimal18 value) => value.Round(12, MidpointRounding.ToEven).ToString();

    /// <summary>Reads a price from outside: plain or with an exponent, above zero and at most <paramref name="max"/>. NaN, infinity and text are refused.</summary>
    public static bool TryReadPositive(string text, decimal max, out Decimal18 value)
    {
        value = default;
        if (text.Length is 0 or > 64
            || !decimal.TryParse(text.AsSpan().Trim(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var read)
            || read <= 0 || read > max) return false;
        value = Of(read);
        return value.Sign > 0;
    }
}
