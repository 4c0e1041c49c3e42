using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ProviderAgent.Chain.Keys;

/// <summary>Derives private keys from a seed along a path (BIP 32).</summary>
internal static class HdKey
{
    /// <summary>118: the coin type that this chain's wallets use (SLIP 44).</summary>
    public const uint CoinType = 118;

    private const uint Hardened = 0x8000_0000;

    /// <summary>The private key at m/44'/118'/<paramref name="account"/>'/0/<paramref name="index"/>.</summary>
    /// <exception cref="KeyException">A number of the path is 2^31 or more, or there is no key at the path (about once in 2^127).</exception>
    public static SecretBytes Derive(ReadOnlySpan<byte> seed, uint account, uint index)
    {
        if (account >= Hardened || index >= Hardened) throw new KeyException("account and index of the key path must be below 2147483648");
        using var chainCode = new SecretBytes(Secp256k1.ScalarSize);
        return Derive(seed, [44 | Hardened, CoinType | Hardened, account | Hardened, 0, index], chainCode.Span);
    }

    /// <summary>The private key at any path; the chain code of the last step is written to <paramref name="chainCode"/>.</summary>
    internal static SecretBytes Derive(ReadOnlySpan<byte> seed, ReadOnlySpan<uint> path, Span<byte> chainCode)
    {
        var key = new SecretBytes(Secp256k1.ScalarSize);
        try
        {
            using var mac = new SecretBytes(HMACSHA512.HashSizeInBytes);
            HMACSHA512.HashData("Bitcoin seed"u8, seed, mac.Span);
            if (!Secp256k1.IsPrivateKey(mac.Span[..Secp256k1.ScalarSize])) throw NoKey();
            Take(mac, key, chainCode);
            foreach (var step in path)
            {
                WriteStep(key, step, chainCode, mac);
                var sum = (Secp256k1.Read(mac.Span[..Secp256k1.ScalarSize]) + Secp256k1.Read(key.Span)) % Secp256k1.Order;
                if (Secp256k1.Read(mac.Span[..Secp256k1.ScalarSize]) >= Secp256k1.Order || sum.IsZero) throw NoKey();
                Secp256k1.Write(sum, mac.Span[..Secp256k1.ScalarSize]);
                Take(mac, key, chainCode);
            }

            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private static void WriteStep(SecretBytes key, uint step, ReadOnlySpan<byte> chainCode, SecretBytes mac)
    {
        // A hardened step hashes the private key, so that a leaked child and the parent's public key reveal nothing of the parent.
        using var input = new SecretBytes(Secp256k1.CompressedSize + sizeof(uint));
        if (step >= Hardened) key.Span.CopyTo(input.Span[1..]);
        else Secp256k1.PublicKeyOf(key.Array).CopyTo(input.Span);
        BinaryPrimitives.WriteUInt32BigEndian(input.Span[Secp256k1.CompressedSize..], step);
        HMACSHA512.HashData(chainCode, input.Span, mac.Span);
    }

    private static void Take(SecretBytes mac, SecretBytes key, Span<byte> chainCode)
    {
        mac.Span[..Secp256k1.ScalarSize].CopyTo(key.Span);
        mac.Span[Secp256k1.ScalarSize..].CopyTo(chainCode);
    }

    private static KeyException NoKey() => new("the key path leads to no key; choose another index");
}
