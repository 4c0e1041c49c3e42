using System.Formats.Asn1;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ProviderAgent.Chain.Certificates;

/// <summary>The signature of a certificate over its own contents.</summary>
internal static class SelfSignature
{
    private const string EcdsaWithSha256 = "1.2.840.10045.4.3.2";

    /// <summary>True when the certificate carries <paramref name="key"/>'s ECDSA-SHA256 signature.</summary>
    public static bool IsValid(X509Certificate2 certificate, ECDsa key)
    {
        try
        {
            var outer = new AsnReader(certificate.RawDataMemory, AsnEncodingRules.DER).ReadSequence();
            var contents = outer.ReadEncodedValue();
            var algorithm = outer.ReadSequence().ReadObjectIdentifier();
            var signature = outer.ReadBitString(out var unused);
            return algorithm == EcdsaWithSha256
                && unused == 0
                && key.VerifyData(contents.Span, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Serial number as decimal digits.</summary>
    public static string Serial(X509Certificate2 certificate) =>
        new BigInteger(certificate.SerialNumberBytes.Span, isUnsigned: true, isBigEndian: true).ToString(CultureInfo.InvariantCulture);
}
