using System.Formats.Asn1;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Devnet.Errors;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Modules.Certificates;

/// <summary>What the chain checks of a certificate. Curve, validity, issuer, usages and names are nobody's business here.</summary>
internal static class CertificateRules
{
    private const string CommonNameOid = "2.5.4.3";

    /// <returns>The serial number in base 10.</returns>
    public static string Read(AccountAddress owner, ByteString certificate, ByteString publicKey)
    {
        using var key = ReadKey(ReadPem(publicKey, "EC PUBLIC KEY", CertErrors.InvalidPublicKey));
        var der = ReadPem(certificate, "CERTIFICATE", CertErrors.InvalidCertificate);
        using var parsed = Load(der);
        if (!IsSignedBy(key, der)) throw CertErrors.InvalidCertificate.With("invalid certificate signature");
        if (!ChainAddress.TryParse(CommonName(parsed.SubjectName), out var subject))
        {
            throw CertErrors.InvalidCertificate.With("decoding bech32 failed");
        }

        if (subject != owner) throw CertErrors.InvalidCertificate.With("CommonName does not match owner");
        return new BigInteger(parsed.SerialNumberBytes.Span, isBigEndian: true).ToString(CultureInfo.InvariantCulture);
    }

    private static string? CommonName(X500DistinguishedName name) => name.EnumerateRelativeDistinguishedNames(reversed: false)
        .LastOrDefault(part => !part.HasMultipleElements && part.GetSingleElementType().Value == CommonNameOid)?.GetSingleElementValue();

    private static byte[] ReadPem(ByteString text, string label, ErrorKind otherwise)
    {
        var pem = text.ToStringUtf8();
        if (!PemEncoding.TryFind(pem, out var fields)) throw otherwise.Exception();
        if (!string.IsNullOrEmpty(pem[fields.Location.End..].Trim('\n', '\r'))) throw otherwise.Exception();
        if (pem[fields.Label] != label) throw otherwise.With("invalid pem block type");
        return Convert.FromBase64String(pem[fields.Base64Data]);
    }

    private static ECDsa ReadKey(byte[] der)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(der, out _);
            return key;
        }
        catch (CryptographicException e)
        {
            key.Dispose();
            throw CertErrors.InvalidPublicKey.With(e.Message);
        }
    }

    private static X509Certificate2 Load(byte[] der)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(der);
        }
        catch (CryptographicException e)
        {
            throw SdkErrors.Unregistered(e.Message);
        }
    }

    private static bool IsSignedBy(ECDsa key, byte[] der)
    {
        try
        {
            var certificate = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
            var signed = certificate.ReadEncodedValue();
            certificate.ReadEncodedValue(); // the algorithm: ECDSA with SHA-256 is all that is tried
            var signature = certificate.ReadBitString(out _);
            return key.VerifyData(signed.Span, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            return false;
        }
    }
}
