namespace ProviderAgent.Marketplace;

/// <summary>An account on the market: a tenant, a provider or an auditor. The text is opaque here; the chain room checks its form.</summary>
/// <remarks>Letters and digits only, so that an address can stand inside an id, a file name or an engine label.</remarks>
public readonly record struct AccountAddress : IComparable<AccountAddress>
{
    /// <summary>Longest accepted text, in characters.</summary>
    public const int MaxLength = 128;

    private readonly string? _value;

    private AccountAddress(string value) => _value = value;

    /// <summary>The address as the market writes it; empty for the default value.</summary>
    public string Value => _value ?? "";

    public static bool TryParse(ReadOnlySpan<char> text, out AccountAddress address)
    {
        address = default;
        if (text.Length is < 3 or > MaxLength) return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c)) return false;
        }

        address = new(text.ToString());
        return true;
    }

    /// <exception cref="FormatException">The text is not 3 to 128 ASCII letters and digits.</exception>
    public static AccountAddress Parse(string text) => IdText.Parsed(TryParse(text, out var address), address, "account address", text);

    public int CompareTo(AccountAddress other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}
