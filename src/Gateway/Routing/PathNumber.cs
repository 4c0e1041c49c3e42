using System.Globalization;

namespace ProviderAgent.Gateway;

/// <summary>Numbers in paths, with the errors of the market's reference provider.</summary>
internal static class PathNumber
{
    /// <summary>Reads a number of at most <paramref name="max"/>; the problem when it is none.</summary>
    public static string? TryRead(string text, ulong max, out ulong value)
    {
        value = 0;
        if (!text.All(char.IsAsciiDigit)) return $"strconv.ParseUint: parsing \"{Printable(text)}\": invalid syntax";
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= max
            ? null
            : $"strconv.ParseUint: parsing \"{Printable(text)}\": value out of range";
    }

    // The text comes from the caller and goes back to it: nothing but plain characters.
    private static string Printable(string text) => string.Concat(text.Take(40).Select(c => c is > ' ' and < '\u007F' and not ('"' or '\\') ? c : '?'));
}
