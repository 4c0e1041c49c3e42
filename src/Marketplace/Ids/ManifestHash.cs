namespace ProviderAgent.Marketplace;

/// <summary>SHA-256 of a deployment's canonical manifest, as the tenant put it on the market. Text form: 64 lower-case hex digits.</summary>
public readonly record struct ManifestHash
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    private readonly string? _hex;

    private ManifestHash(string hex) => _hex = hex;

    /// <summary>64 lower-case hex digits; empty for the default value.</summary>
    public string Hex => _hex ?? "";

    /// <summary>False when <paramref name="bytes"/> are not exactly 32.</summary>
    public static bool TryCreate(ReadOnlySpan<byte> bytes, out ManifestHash hash)
    {
        hash = bytes.Length == Size ? new(Convert.ToHexStringLower(bytes)) : default;
        return bytes.Length == Size;
    }

    public static bool TryParse(string? text, out ManifestHash hash)
    {
        hash = default;
        if (text is not { Length: 2 * Size }) return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigitLower(c)) return false;
        }

        hash = new(text);
        return true;
    }

    /// <exception cref="FormatException">The text is not 64 lower-case hex digits.</exception>
    public static ManifestHash Parse(string text) => IdText.Parsed(TryParse(text, out var hash), hash, "manifest hash (64 lower-case hex digits)", text);

    public byte[] ToBytes() => Convert.FromHexString(Hex);

    public override string ToString() => Hex;
}
