using System.Globalization;
using System.Text;

namespace ProviderAgent.Manifests;

/// <summary>Text as the reference provider compares and prints it; its messages are what tenants' tools know.</summary>
internal static class GoText
{
    /// <summary>Compares by UTF-8 bytes. Differs from ordinal comparison above U+FFFF only.</summary>
    public static int Compare(string left, string right)
    {
        var length = Math.Min(left.Length, right.Length);
        for (var i = 0; i < length; i++)
        {
            var (l, r) = (left[i], right[i]);
            if (l == r) continue;
            var (highLeft, highRight) = (char.IsSurrogate(l), char.IsSurrogate(r));
            return highLeft == highRight ? l.CompareTo(r) : highLeft ? 1 : -1;
        }

        return left.Length.CompareTo(right.Length);
    }

    /// <summary>The text in double quotes, with everything unprintable escaped.</summary>
    public static string Quote(string value)
    {
        var text = new StringBuilder(value.Length + 2).Append('"');
        foreach (var rune in value.EnumerateRunes())
        {
            if (rune.Value is '"' or '\\') text.Append('\\').Append((char)rune.Value);
            else if (IsPrintable(rune)) text.Append(rune.ToString());
            else text.Append(Escape(rune.Value));
        }

        return text.Append('"').ToString();
    }

    private static string Escape(int code) => code switch
    {
        '\a' => "\\a",
        '\b' => "\\b",
        '\f' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\v' => "\\v",
        < 0x80 => string.Create(CultureInfo.InvariantCulture, $"\\x{code:x2}"),
        < 0x10000 => string.Create(CultureInfo.InvariantCulture, $"\\u{code:x4}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"\\U{code:x8}"),
    };

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
