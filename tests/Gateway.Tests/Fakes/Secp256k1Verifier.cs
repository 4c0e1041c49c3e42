using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace ProviderAgent.Gateway.Tests.Fakes;

/// <summary>Signatures of the market's accounts with the framework's own curve: compressed key, SHA-256, 64 bytes, low S only.</summary>
internal sealed class Secp256k1Verifier : ISignatureVerifier
{
    private static readonly BigInteger P = Number("0FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F");
    private static readonly BigInteger N = Number("0FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141");

    public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != 33 || signature.Length != 64 || new BigInteger(signature[32..], isUnsigned: true, isBigEndian: true) > N / 2) return false;
        using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.CreateFromValue("1.3.132.0.10"), Q = Decompress(publicKey) });
        return key.VerifyData(message, signature, HashAlgorithmName.SHA256);
    }

    private static ECPoint Decompress(ReadOnlySpan<byte> key)
    {
        var x = new BigInteger(key[1..], isUnsigned: true, isBigEndian: true);
        var y = BigInteger.ModPow((BigInteger.ModPow(x, 3, P) + 7) % P, (P + 1) / 4, P);
        if (y.IsEven != (key[0] == 2)) y = P - y;
        return new() { X = key[1..].ToArray(), Y = Bytes(y) };
    }

    private static byte[] Bytes(BigInteger value)
    {
        var bytes = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - bytes.Length], .. bytes];
    }

    private static BigInteger Number(string hex) => BigInteger.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}

/// <summary>Bech32 with this market's prefix.</summary>
internal sealed class Bech32Format : IAccountFormat
{
    private const string Prefix = "akash";
    private const string Digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

    public bool IsAccount(string text)
    {
        if (!text.StartsWith(Prefix + "1", StringComparison.Ordinal)) return false;
        int[] data = [.. text[(Prefix.Length + 1)..].Select(c => Digits.IndexOf(c, StringComparison.Ordinal))];
        int[] values = [.. Prefix.Select(c => c >> 5), 0, .. Prefix.Select(c => c & 31), .. data];
        return data.Length > 6 && !data.Contains(-1) && Checksum(values) == 1;
    }

    private static uint Checksum(int[] values)
    {
        uint[] generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
        uint sum = 1;
        foreach (var value in values)
        {
            var top = sum >> 25;
            sum = ((sum & 0x1ffffff) << 5) ^ (uint)value;
            for (var i = 0; i < generator.Length; i++) sum ^= ((top >> i) & 1) * generator[i];
        }

        return sum;
    }
}
