using System.Security.Cryptography;

namespace ProviderAgent.Chain.Transactions;

/// <summary>Name of a transaction: SHA-256 of its bytes as 64 upper-case hex digits, the form that explorers take.</summary>
internal readonly record struct TransactionHash
{
    private readonly string? _hex;

    private TransactionHash(string hex) => _hex = hex;

    public string Hex => _hex ?? "";

    public static TransactionHash Of(ReadOnlySpan<byte> transaction) => new(Convert.ToHexString(SHA256.HashData(transaction)));

    /// <summary>Takes 64 hex digits of either case.</summary>
    public static bool TryParse(string? text, out TransactionHash hash)
    {
        hash = default;
        if (text is not { Length: 2 * SHA256.HashSizeInBytes } || !text.All(char.IsAsciiHexDigit)) return false;
        hash = new(text.ToUpperInvariant());
        return true;
    }

    public byte[] ToBytes() => Convert.FromHexString(Hex);

    public override string ToString() => Hex;
}
