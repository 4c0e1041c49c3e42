namespace ProviderAgent.Ledger;

/// <summary>Bounds for texts that come in from other rooms.</summary>
internal static class LedgerText
{
    /// <exception cref="ArgumentException">Empty or longer than <paramref name="longest"/> characters.</exception>
    public static string Key(string text, int longest, string parameter) =>
        text.Length is > 0 && text.Length <= longest ? text : throw new ArgumentException($"must have 1 to {longest} characters, had {text.Length}", parameter);

    /// <summary>Text for people: cut, never refused, because losing a reason is worse than losing its tail.</summary>
    public static string Cut(string text, int longest)
    {
        if (text.Length <= longest) return text;
        var end = char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest; // half a character would not survive as UTF-8
        return text[..end];
    }
}
