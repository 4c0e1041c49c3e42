using System.Security.Cryptography;

namespace ProviderAgent.Devnet.Blocks;

/// <summary>SHA-256 of a transaction's bytes, shown as 64 upper-case hex digits.</summary>
internal readonly record struct TxHash(string Hex)
{
    public static TxHash Of(ReadOnlySpan<byte> bytes) => new(Convert.ToHexString(SHA256.HashData(bytes)));

    public static TxHash From(ReadOnlySpan<byte> hash) => new(Convert.ToHexString(hash));

    public override string ToString() => Hex;
}
