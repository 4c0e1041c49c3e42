using System.Security.Cryptography;

namespace ProviderAgent.Chain.Keys;

/// <summary>The one-time numbers of ECDSA signatures, derived from key and digest (RFC 6979 with HMAC-SHA256) instead of drawn at random.</summary>
/// <remarks>A repeated or guessable number gives the private key away; deriving it takes the random source out of the question.</remarks>
internal sealed class Rfc6979Nonce : IDisposable
{
    private readonly SecretBytes _key = new(SHA256.HashSizeInBytes);
    private readonly SecretBytes _value = new(SHA256.HashSizeInBytes);
    private bool _drawn;

    public Rfc6979Nonce(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> digest)
    {
        using var seed = new SecretBytes(2 * Secp256k1.ScalarSize);
        privateKey.CopyTo(seed.Span);
        Secp256k1.Write(Secp256k1.Read(digest) % Secp256k1.Order, seed.Span[Secp256k1.ScalarSize..]);
        _value.Span.Fill(1);
        Mix(0, seed.Span);
        Mix(1, seed.Span);
    }

    /// <summary>Writes the next number from 1 to the order less one.</summary>
    public void Next(Span<byte> nonce)
    {
        do
        {
            if (_drawn) Mix(0, []);
            _drawn = true;
            HMACSHA256.HashData(_key.Span, _value.Span, _value.Span);
        }
        while (!Secp256k1.IsPrivateKey(_value.Span));

        _value.Span.CopyTo(nonce);
    }

    public void Dispose()
    {
        _key.Dispose();
        _value.Dispose();
    }

    private void Mix(byte tag, ReadOnlySpan<byte> seed)
    {
        using var input = new SecretBytes(_value.Span.Length + 1 + seed.Length);
        _value.Span.CopyTo(input.Span);
        input.Span[_value.Span.Length] = tag;
        seed.CopyTo(input.Span[(_value.Span.Length + 1)..]);
        HMACSHA256.HashData(_key.Span, input.Span, _key.Span);
        HMACSHA256.HashData(_key.Span, _value.Span, _value.Span);
    }
}
