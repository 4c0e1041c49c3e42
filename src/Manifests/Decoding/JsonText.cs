using System.Buffers;
using System.Globalization;
using System.Text;

namespace ProviderAgent.Manifests;

/// <summary>Turns the raw bytes of a JSON string into text the way the market's own programs do: never failing, each bad byte becomes U+FFFD.</summary>
/// <remarks>System.Text.Json refuses such strings instead. The hash is over the text read, so both sides have to read alike.</remarks>
internal static class JsonText
{
    /// <param name="raw">What stands between the quotes; the reader has already checked that escapes are well-formed.</param>
    /// <param name="escaped">Whether there are escapes at all.</param>
    public static string Decode(ReadOnlySpan<byte> raw, bool escaped)
    {
        if (!escaped && Ascii.IsValid(raw)) return Encoding.ASCII.GetString(raw);
        var text = new StringBuilder(raw.Length);
        while (!raw.IsEmpty)
        {
            if (raw[0] == '\\')
            {
                raw = raw[AppendEscape(text, raw)..];
                continue;
            }

            if (Rune.DecodeFromUtf8(raw, out var rune, out var used) == OperationStatus.Done) Append(text, rune);
            else text.Append('\uFFFD', used);
            raw = raw[used..];
        }

        return text.ToString();
    }

    /// <summary>Lower-cases a letter so that member names compare without case, including the two non-ASCII letters that fold to ASCII ones.</summary>
    public static char Fold(char c) => c switch
    {
        >= 'A' and <= 'Z' => (char)(c | 0x20),
        '\u017F' => 's',
        '\u212A' => 'k',
        _ => c,
    };

    private static int AppendEscape(StringBuilder text, ReadOnlySpan<byte> raw)
    {
        if (raw[1] != 'u')
        {
            text.Append((char)(raw[1] switch
            {
                (byte)'b' => (byte)'\b',
                (byte)'f' => (byte)'\f',
                (byte)'n' => (byte)'\n',
                (byte)'r' => (byte)'\r',
                (byte)'t' => (byte)'\t',
                var other => other,
            }));
            return 2;
        }

        var unit = Unit(raw);
        if (!char.IsSurrogate(unit))
        {
            text.Append(unit);
            return 6;
        }

        if (char.IsHighSurrogate(unit) && raw.Length >= 12 && raw[6] == '\\' && raw[7] == 'u' && char.IsLowSurrogate(Unit(raw[6..])))
        {
            text.Append(unit).Append(Unit(raw[6..]));
            return 12;
        }

        text.Append('\uFFFD');
        return 6;
    }

    private static char Unit(ReadOnlySpan<byte> escape) =>
        (char)ushort.Parse(escape.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static void Append(StringBuilder text, Rune rune)
    {
        Span<char> units = stackalloc char[2];
        text.Append(units[..rune.EncodeToUtf16(units)]);
    }
}
