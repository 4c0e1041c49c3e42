using System.Globalization;

namespace ProviderAgent.Marketplace;

/// <summary>Strict reading of slash-separated ids: exact number of parts, plain decimal numbers without sign, blank or leading zero.</summary>
/// <remarks>Ids are keys in the ledger and in engine labels, so each id must have exactly one text form.</remarks>
internal static class IdText
{
    /// <summary>Cuts <paramref name="text"/> into exactly <paramref name="part"/>.Length parts; false when there are more or fewer.</summary>
    public static bool TrySplit(ReadOnlySpan<char> text, Span<Range> part)
    {
        Span<Range> found = stackalloc Range[part.Length + 1]; // one spare: a part too many means malformed, not "ignore the rest"
        if (text.Split(found, '/') != part.Length) return false;
        found[..part.Length].CopyTo(part);
        return true;
    }

    public static bool TryNumber(ReadOnlySpan<char> text, out ulong value) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value != 0 && text[0] != '0';

    public static bool TryNumber(ReadOnlySpan<char> text, out uint value)
    {
        var ok = TryNumber(text, out ulong wide) && wide <= uint.MaxValue;
        value = ok ? (uint)wide : 0;
        return ok;
    }

    public static T Parsed<T>(bool ok, T value, string what, string? text) =>
        ok ? value : throw new FormatException($"'{Shorten(text)}' is not a {what}");

    private static string Shorten(string? text) => text is { Length: > 120 } ? string.Concat(text.AsSpan(0, 120), "…") : text ?? "(null)";
}
