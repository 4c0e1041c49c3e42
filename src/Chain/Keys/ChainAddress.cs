using System.Security.Cryptography;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Keys;

/// <summary>The form of addresses on this chain: bech32 text with the prefix <c>akash</c> over 20 bytes, or 32 for module and contract accounts.</summary>
public static class ChainAddress
{
    /// <summary>The text before the separator.</summary>
    public const string Prefix = "akash";

    /// <summary>Bytes of an address that belongs to a key.</summary>
    public const int KeySize = 20;

    /// <summary>Bytes of an address of a module or contract.</summary>
    public const int ModuleSize = 32;

    /// <summary>True when the text is an address of this chain in its one canonical, lower-case form.</summary>
    /// <remarks>Upper-case text is a valid bech32 form too, but ids compare as text, so there may be only one.</remarks>
    public static bool IsValid(AccountAddress address) => TryGetBytes(address, out _);

    /// <summary>Parses and checks an address; upper-case text is brought to lower case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out AccountAddress address)
    {
        address = default;
        return Bech32.TryDecode(text, Prefix, out var bytes)
            && bytes.Length is KeySize or ModuleSize
            && AccountAddress.TryParse(Bech32.Encode(Prefix, bytes), out address);
    }

    /// <summary>The 20 or 32 bytes of an address; false when its text is not a canonical address of this chain.</summary>
    public static bool TryGetBytes(AccountAddress address, out byte[] bytes)
    {
        bytes = [];
        if (address.Value.AsSpan().ContainsAnyInRange('A', 'Z') || !Bech32.TryDecode(address.Value, Prefix, out var content)) return false;
        if (content.Length is not (KeySize or ModuleSize)) return false;
        bytes = content;
        return true;
    }

    /// <exception cref="ArgumentException">Not 20 or 32 bytes.</exception>
    public static AccountAddress FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length is KeySize or ModuleSize
            ? AccountAddress.Parse(Bech32.Encode(Prefix, bytes))
            : throw new ArgumentException($"an address has {KeySize} or {ModuleSize} bytes, not {bytes.Length}", nameof(bytes));

    /// <summary>The address that belongs to a public key: RIPEMD-160 over SHA-256 of its compressed form.</summary>
    public static AccountAddress FromPublicKey(Secp256k1PublicKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        Span<byte> inner = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key.Bytes, inner);
        Span<byte> outer = stackalloc byte[Ripemd160.Size];
        Ripemd160.Hash(inner, outer);
        return FromBytes(outer);
    }
}
