namespace ProviderAgent.Bidding;

/// <summary>Reads lists as people write them: one entry on a line, <c>#</c> begins a remark.</summary>
internal static class ListText
{
    /// <summary>Most bytes of one list.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private const int MaxEntries = 100_000;
    private const int MaxEntry = 512;

    /// <summary>Reads a text.</summary>
    /// <returns>What is wrong with it; null when it was read.</returns>
    public static string? TryRead(string text, out HashSet<string> entries)
    {
        entries = new(StringComparer.Ordinal);
        var number = 0;
        foreach (var raw in text.AsSpan().EnumerateLines())
        {
            number++;
            var line = raw;
            if (line.IndexOf('#') is var remark and >= 0) line = line[..remark];
            line = line.Trim();
            if (line.IsEmpty) continue;
            if (line.Length > MaxEntry) return $"line {number} is longer than {MaxEntry} characters";
            foreach (var c in line)
            {
                // A page of HTML or a binary file must not pass as a list that happens to name nobody.
                if (char.IsControl(c) || char.IsWhiteSpace(c) || c is '<' or '>' or '{' or '}' or '"') return $"line {number} is not one plain entry";
            }

            entries.Add(line.ToString());
            if (entries.Count > MaxEntries) return $"it has more than {MaxEntries} entries";
        }

        return null;
    }

    /// <summary><c>*</c> stands for any characters. Takes time linear in the text for each star.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        int star = -1, mark = 0, p = 0, t = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*') (star, mark) = (p++, t);
            else if (p < pattern.Length && pattern[p] == text[t]) (p, t) = (p + 1, t + 1);
            else if (star >= 0) (p, t) = (star + 1, ++mark);
            else return false;
        }

        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }
}
