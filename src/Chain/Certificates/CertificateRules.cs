using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Certificates;

/// <summary>What the chain demands of a certificate before it takes it. Checked here first, since a refusal costs a fee.</summary>
public static class CertificateRules
{
    private const string PublicKeyLabel = "EC PUBLIC KEY";
    private const string CertificateLabel = "CERTIFICATE";

    /// <summary>The serial number under which the chain would know the certificate, or why it would refuse it.</summary>
    /// <param name="owner">The account that publishes it.</param>
    /// <param name="certificatePem">PEM text of the certificate.</param>
    /// <param name="publicKeyPem">PEM text of its public key.</param>
    /// <param name="serial">Decimal digits; empty when it breaks a rule.</param>
    /// <returns>Null when all rules are kept, else the first that is broken, for people.</returns>
    /// <remarks>Curve, dates and usages are not looked at, because the chain does not.</remarks>
    public static string? Check(AccountAddress owner, string certificatePem, string publicKeyPem, out string serial)
    {
        serial = "";
        if (!TryRead(publicKeyPem, PublicKeyLabel, out var spki)) return $"the public key is not exactly one PEM block '{PublicKeyLabel}'";
        using var key = ECDsa.Create();
        if (!TryImport(key, spki)) return "the public key is no elliptic curve key";
        if (!TryRead(certificatePem, CertificateLabel, out var der)) return $"the certificate is not exactly one PEM block '{CertificateLabel}'";
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            if (!certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(spki)) return "the certificate belongs to another key";
            if (!SelfSignature.IsValid(certificate, key)) return "the certificate is not signed with its own key (ECDSA with SHA-256)";
            if (certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false) != owner.Value) return $"the certificate's subject is not CN={owner}";
            serial = SelfSignature.Serial(certificate);
            return null;
        }
        catch (CryptographicException)
        {
            return "the certificate cannot be read";
        }
    }

    private static bool TryImport(ECDsa key, byte[] spki)
    {
        try
        {
            key.ImportSubjectPublicKeyInfo(spki, out var read);
            return read == spki.Length;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool TryRead(string pem, string label, out byte[] bytes)
    {
        bytes = [];
        if (!PemEncoding.TryFind(pem, out var fields) || pem[fields.Label] != label) return false;
        var rest = pem.AsSpan(fields.Location.End.GetOffset(pem.Length));
        if (fields.Location.Start.GetOffset(pem.Length) != 0 || !rest.Trim("\r\n").IsEmpty) return false;
        bytes = Convert.FromBase64String(pem[fields.Base64Data]);
        return true;
    }
}
