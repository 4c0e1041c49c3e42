using System.Security.Cryptography;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Keys;

/// <summary>Public key of an account, for checking what its owner signed. Safe to share between threads.</summary>
public sealed class Secp256k1PublicKey : IEquatable<Secp256k1PublicKey>
{
    private readonly byte[] _compressed;
    private readonly ECPoint _point;

    private Secp256k1PublicKey(byte[] compressed, ECPoint point) => (_compressed, _point) = (compressed, point);

    /// <summary>33 bytes: parity (2 or 3), then the X coordinate.</summary>
    public ReadOnlySpan<byte> Bytes => _compressed;

    /// <summary>The account that this key belongs to.</summary>
    public AccountAddress Address => ChainAddress.FromPublicKey(this);

    /// <summary>False when the bytes are not 33 or name no point of the curve.</summary>
    public static bool TryParse(ReadOnlySpan<byte> compressed, out Secp256k1PublicKey? key)
    {
        key = Secp256k1.TryDecompress(compressed, out var point) ? new(compressed.ToArray(), point) : null;
        return key is not null;
    }

    /// <exception cref="FormatException">Not a compressed point of the curve.</exception>
    public static Secp256k1PublicKey Parse(ReadOnlySpan<byte> compressed) =>
        TryParse(compressed, out var key) && key is not null ? key : throw new FormatException("not a compressed secp256k1 public key (33 bytes)");

    /// <summary>True when <paramref name="signature"/> is this key's signature of <paramref name="message"/>; see <see cref="VerifyDigest(ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>.</summary>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(message, digest);
        return VerifyDigest(digest, signature);
    }

    /// <summary>True when <paramref name="signature"/> is this key's signature of a SHA-256 digest.</summary>
    /// <returns>False for anything else: a wrong length, a half outside its range, an s in the upper half (the chain refuses those, so one
    /// message has one signature), a digest that is not 32 bytes.</returns>
    public bool VerifyDigest(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        try
        {
            using var verifier = CreateVerifier();
            return VerifyDigest(verifier, digest, signature);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>The platform's form of this key, for whoever checks many signatures: making it costs as much as a good part of a check, since the point is checked.</summary>
    internal ECDsa CreateVerifier() => Secp256k1.ImportPublic(_point);

    /// <summary>As <see cref="VerifyDigest(ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>, with what <see cref="CreateVerifier"/> made; not for two threads at once.</summary>
    internal static bool VerifyDigest(ECDsa verifier, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        if (digest.Length != SHA256.HashSizeInBytes || signature.Length != Secp256k1.SignatureSize) return false;
        var r = Secp256k1.Read(signature[..Secp256k1.ScalarSize]);
        var s = Secp256k1.Read(signature[Secp256k1.ScalarSize..]);
        if (r.IsZero || r >= Secp256k1.Order || s.IsZero || s > Secp256k1.HalfOrder) return false;
        try
        {
            return verifier.VerifyHash(digest, signature);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    public bool Equals(Secp256k1PublicKey? other) => other is not null && Bytes.SequenceEqual(other.Bytes);

    public override bool Equals(object? obj) => Equals(obj as Secp256k1PublicKey);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_compressed);
        return hash.ToHashCode();
    }

    public override string ToString() => Convert.ToHexStringLower(_compressed);
}
