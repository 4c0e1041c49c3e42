using System.Globalization;
using System.Net.Security;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Tenant.Gateway;

/// <summary>Whether the server at a provider's address is the provider: by a certificate of a public authority, or by the one that the provider put on the chain.</summary>
internal sealed class ServerTrust
{
    private const string CommonNameOid = "2.5.4.3";
    private const string ServerAuthOid = "1.3.6.1.5.5.7.3.1";

    private readonly AccountAddress _provider;
    private readonly HashSet<(string Serial, string Fingerprint)> _registered = [];
    private readonly TimeProvider _time;

    public ServerTrust(AccountAddress provider, IEnumerable<Wire.Cert.CertificateResponse> registered, TimeProvider time)
    {
        _provider = provider;
        _time = time;
        foreach (var entry in registered)
        {
            if (Fingerprint(entry.Certificate.Cert.ToStringUtf8()) is { } fingerprint) _registered.Add((entry.Serial, fingerprint));
        }
    }

    /// <summary>Why the server was not trusted; null while it was.</summary>
    public string? Refusal { get; private set; }

    public bool Accept(X509Certificate? presented, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None) return true;
        Refusal = presented is null ? "it showed no certificate" : WhyNot(new X509Certificate2(presented));
        return Refusal is null;
    }

    private string? WhyNot(X509Certificate2 certificate)
    {
        using (certificate)
        {
            var name = certificate.SubjectName.EnumerateRelativeDistinguishedNames()
                .FirstOrDefault(part => !part.HasMultipleElements && part.GetSingleElementType().Value == CommonNameOid)?.GetSingleElementValue();
            if (name != _provider.Value) return $"its certificate is of '{name}', not of {_provider}";
            var serial = new BigInteger(certificate.SerialNumberBytes.Span, isBigEndian: true).ToString(CultureInfo.InvariantCulture);
            if (!_registered.Contains((serial, Fingerprint(certificate)))) return $"its certificate with serial number {serial} is not one that the provider has on the chain";
            var now = _time.GetUtcNow();
            if (now < certificate.NotBefore || now > certificate.NotAfter) return $"its certificate is valid from {certificate.NotBefore:u} to {certificate.NotAfter:u} only";
            var usages = certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault();
            return usages is null || usages.EnhancedKeyUsages.OfType<Oid>().Any(usage => usage.Value == ServerAuthOid) ? null : "its certificate is not for servers";
        }
    }

    private static string? Fingerprint(string pem)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(pem);
            return Fingerprint(certificate);
        }
        catch (CryptographicException)
        {
            return null; // not a certificate, so nobody can present it
        }
    }

    private static string Fingerprint(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256);
}
