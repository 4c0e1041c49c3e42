using System.Numerics;
using System.Security.Cryptography;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Keys;

/// <summary>A private key in this process's memory: pinned, and zeroed by <see cref="Dispose"/>. Safe to use from several threads.</summary>
public sealed class ChainKey : ISigner, IDisposable
{
    // Base point of the curve: what the private key 1 has to give.
    private const string Generator = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";

    private readonly SecretBytes _secret;
    private readonly Lock _verifying = new();
    private readonly ECDsa _verifier;
    private bool _disposed;

    private ChainKey(SecretBytes secret)
    {
        _secret = secret;
        CheckPlatform();
        PublicKey = Secp256k1PublicKey.Parse(Secp256k1.PublicKeyOf(secret.Array));
        Address = PublicKey.Address;
        _verifier = PublicKey.CreateVerifier();
    }

    public AccountAddress Address { get; }

    public Secp256k1PublicKey PublicKey { get; }

    /// <summary>The key of a raw 32-byte number, which is copied.</summary>
    /// <exception cref="KeyException">Not a key of the curve.</exception>
    public static ChainKey FromBytes(ReadOnlySpan<byte> privateKey) =>
        Secp256k1.IsPrivateKey(privateKey)
            ? new(SecretBytes.CopyOf(privateKey))
            : throw new KeyException("not a private key: it must be 32 bytes within the range of secp256k1");

    /// <summary>The key of a BIP 39 mnemonic at the path m/44'/118'/<paramref name="account"/>'/0/<paramref name="index"/>.</summary>
    /// <param name="words">12, 15, 18, 21 or 24 words of the English list.</param>
    /// <param name="passphrase">The optional 25th word; printable ASCII.</param>
    /// <param name="account">Below 2^31.</param>
    /// <param name="index">Below 2^31.</param>
    /// <exception cref="KeyException">A word is unknown, the checksum is wrong, or a character is not ASCII.</exception>
    public static ChainKey FromMnemonic(ReadOnlySpan<char> words, ReadOnlySpan<char> passphrase = default, uint account = 0, uint index = 0)
    {
        using var seed = Mnemonic.ToSeed(words, passphrase);
        return new(HdKey.Derive(seed.Span, account, index));
    }

    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> signBytes, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(signBytes.Span, digest);
        return ValueTask.FromResult(SignDigest(digest));
    }

    /// <summary>Signs a SHA-256 digest; the same key and digest always give the same 64 bytes.</summary>
    /// <exception cref="KeyException">The signature did not verify, which only a faulty machine brings about.</exception>
    public byte[] SignDigest(ReadOnlySpan<byte> digest)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (digest.Length != SHA256.HashSizeInBytes) throw new ArgumentException("a digest has 32 bytes", nameof(digest));

        using var nonces = new Rfc6979Nonce(_secret.Span, digest);
        using var nonce = new SecretBytes(Secp256k1.ScalarSize);
        BigInteger r, s;
        do
        {
            nonces.Next(nonce.Span);
            (r, s) = Signature(nonce, digest);
        }
        while (r.IsZero || s.IsZero);

        if (s > Secp256k1.HalfOrder) s = Secp256k1.Order - s;
        var signature = new byte[Secp256k1.SignatureSize];
        Secp256k1.Write(r, signature.AsSpan(0, Secp256k1.ScalarSize));
        Secp256k1.Write(s, signature.AsSpan(Secp256k1.ScalarSize));

        // A bit flipped on the way would not only be refused by the chain, it could reveal the key.
        if (!IsValid(digest, signature)) throw new KeyException("a signature failed its own check; the machine's memory or OpenSSL is faulty");
        return signature;
    }

    public void Dispose()
    {
        _disposed = true;
        _secret.Dispose();
        lock (_verifying) _verifier.Dispose();
    }

    public override string ToString() => Address.Value;

    private bool IsValid(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        lock (_verifying) return Secp256k1PublicKey.VerifyDigest(_verifier, digest, signature);
    }

    private (BigInteger R, BigInteger S) Signature(SecretBytes nonce, ReadOnlySpan<byte> digest)
    {
        // The platform multiplies nonce and generator in constant time. BigInteger is not constant in time, so key and nonce are
        // first multiplied by a fresh random factor, which cancels out: what takes longer or shorter after that tells nothing.
        var point = Secp256k1.PublicKeyOf(nonce.Array);
        var r = Secp256k1.Read(point.AsSpan(1)) % Secp256k1.Order;
        var blind = RandomScalar();
        var blindNonce = blind * Secp256k1.Read(nonce.Span) % Secp256k1.Order;
        var blindKey = blind * Secp256k1.Read(_secret.Span) % Secp256k1.Order;
        var inverse = BigInteger.ModPow(blindNonce, Secp256k1.Order - 2, Secp256k1.Order);
        return (r, inverse * ((blind * Secp256k1.Read(digest)) + (blindKey * r)) % Secp256k1.Order);
    }

    private static BigInteger RandomScalar()
    {
        Span<byte> bytes = stackalloc byte[Secp256k1.ScalarSize];
        do
        {
            RandomNumberGenerator.Fill(bytes);
        }
        while (!Secp256k1.IsPrivateKey(bytes));

        return Secp256k1.Read(bytes);
    }

    private static void CheckPlatform()
    {
        var one = new byte[Secp256k1.ScalarSize];
        one[^1] = 1;
        if (Convert.ToHexStringLower(Secp256k1.PublicKeyOf(one)) != Generator)
        {
            throw new KeyException("this machine's OpenSSL computes wrong points on secp256k1; no key may be used with it");
        }
    }
}
