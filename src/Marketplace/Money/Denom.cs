namespace ProviderAgent.Marketplace;

/// <summary>The unit of a coin, for example <c>uakt</c> (a millionth of AKT) or <c>uact</c> (a millionth of ACT).</summary>
public readonly record struct Denom : IComparable<Denom>
{
    private readonly string? _value;

    private Denom(string value) => _value = value;

    public string Value => _value ?? "";

    /// <summary>True for 3 to 128 characters: a letter, then letters, digits or one of <c>/ : . _ -</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Denom denom)
    {
        denom = default;
        if (text.Length is < 3 or > 128 || !char.IsAsciiLetter(text[0])) return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('/' or ':' or '.' or '_' or '-')) return false;
        }

        denom = new(text.ToString());
        return true;
    }

    /// <exception cref="FormatException">The text is not a coin unit.</exception>
    public static Denom Parse(string text) => IdText.Parsed(TryParse(text, out var denom), denom, "coin unit", text);

    public int CompareTo(Denom other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}
