using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace ProviderAgent.Chain.Keys;

/// <summary>The curve of the chain's keys. Every multiplication with a secret is left to the platform's own implementation.</summary>
internal static class Secp256k1
{
    /// <summary>Bytes of a private key, of a coordinate and of each half of a signature.</summary>
    public const int ScalarSize = 32;

    /// <summary>Bytes of a public key: parity, then the X coordinate.</summary>
    public const int CompressedSize = 33;

    /// <summary>Bytes of a signature.</summary>
    public const int SignatureSize = 64;

    /// <summary>Number of points: private keys and both halves of a signature are from 1 to one less.</summary>
    public static readonly BigInteger Order = Hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

    /// <summary>Largest accepted s: the chain takes only the smaller one of the two that verify.</summary>
    public static readonly BigInteger HalfOrder = Order / 2;

    /// <summary>Prime of the coordinate field.</summary>
    public static readonly BigInteger FieldPrime = Hex("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f");

    private static readonly BigInteger RootExponent = (FieldPrime + 1) / 4;

    /// <summary>True when <paramref name="scalar"/> is a private key: 32 bytes from 1 to the order less one.</summary>
    public static bool IsPrivateKey(ReadOnlySpan<byte> scalar) =>
        scalar.Length == ScalarSize && Read(scalar) is { IsZero: false } value && value < Order;

    /// <summary>Imports a private key. The public point is computed by the platform.</summary>
    /// <exception cref="KeyException">The platform has no such curve.</exception>
    public static ECDsa ImportPrivate(byte[] scalar)
    {
        try
        {
            return ECDsa.Create(new ECParameters { Curve = Curve(), D = scalar });
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException)
        {
            throw new KeyException("this machine's OpenSSL cannot use the curve secp256k1; install Debian's own libssl3", e);
        }
    }

    /// <summary>Compressed form of scalar times generator.</summary>
    public static byte[] PublicKeyOf(byte[] scalar)
    {
        using var key = ImportPrivate(scalar);
        return Compress(key.ExportParameters(includePrivateParameters: false).Q);
    }

    /// <summary>Imports a public key for checking signatures.</summary>
    public static ECDsa ImportPublic(ECPoint point) => ECDsa.Create(new ECParameters { Curve = Curve(), Q = point });

    /// <summary>Parity and X coordinate of a point.</summary>
    public static byte[] Compress(ECPoint point)
    {
        if (point is not { X: { Length: ScalarSize } x, Y: { Length: ScalarSize } y }) throw new KeyException("the platform returned no point of secp256k1");
        return [(byte)(2 + (y[^1] & 1)), .. x];
    }

    /// <summary>Finds the point of a compressed key; false when there is none.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> compressed, out ECPoint point)
    {
        point = default;
        if (compressed.Length != CompressedSize || compressed[0] is not (2 or 3)) return false;
        var x = Read(compressed[1..]);
        if (x >= FieldPrime) return false;
        var square = (BigInteger.ModPow(x, 3, FieldPrime) + 7) % FieldPrime;
        var y = BigInteger.ModPow(square, RootExponent, FieldPrime);
        if (y * y % FieldPrime != square) return false;
        if (y.IsEven == (compressed[0] == 3)) y = FieldPrime - y;
        point = new ECPoint { X = compressed[1..].ToArray(), Y = Write(y) };
        return true;
    }

    public static BigInteger Read(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    /// <summary>32 bytes, big-endian.</summary>
    public static byte[] Write(BigInteger value)
    {
        var bytes = new byte[ScalarSize];
        Write(value, bytes);
        return bytes;
    }

    /// <inheritdoc cref="Write(BigInteger)"/>
    public static void Write(BigInteger value, Span<byte> bytes)
    {
        bytes.Clear();
        var count = value.GetByteCount(isUnsigned: true);
        if (!value.TryWriteBytes(bytes[(ScalarSize - count)..], out _, isUnsigned: true, isBigEndian: true)) throw new OverflowException("the scalar has more than 32 bytes");
    }

    // By number, because names of curves differ between platforms.
    private static ECCurve Curve() => ECCurve.CreateFromValue("1.3.132.0.10");

    private static BigInteger Hex(string digits) => BigInteger.Parse("0" + digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
