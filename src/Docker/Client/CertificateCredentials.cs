using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace ProviderAgent.Docker;

/// <summary>A client certificate, and the authorities that the engine's certificate must come from.</summary>
public sealed class CertificateCredentials : Credentials
{
    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2Collection? _trustedRoots;
    private readonly SslStreamCertificateContext _context;

    /// <param name="certificate">With its private key. Owned by this object from now on.</param>
    /// <param name="trustedRoots">The only accepted authorities of the engine's certificate; null for those of the operating system.</param>
    /// <exception cref="ArgumentException">The certificate has no private key.</exception>
    public CertificateCredentials(X509Certificate2 certificate, X509Certificate2Collection? trustedRoots = null)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        if (!certificate.HasPrivateKey) throw new ArgumentException("the client certificate has no private key", nameof(certificate));
        _certificate = certificate;
        _trustedRoots = trustedRoots;
        _context = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
    }

    /// <summary>Reads the three PEM files that <c>docker --tlsverify</c> uses: ca.pem, cert.pem and key.pem.</summary>
    /// <param name="authority">File of the accepted authorities; null for those of the operating system.</param>
    /// <param name="certificate">File of the client certificate.</param>
    /// <param name="key">File of its private key, without a password.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A file is not what it should be.</exception>
    public static CertificateCredentials FromPemFiles(string? authority, string certificate, string key)
    {
        X509Certificate2Collection? roots = null;
        if (authority is not null)
        {
            roots = [];
            roots.ImportFromPemFile(authority);
        }

        return new CertificateCredentials(X509Certificate2.CreateFromPemFile(certificate, key), roots);
    }

    public override bool IsTlsCredentials() => true;

    internal override SslClientAuthenticationOptions TlsOptions(string host)
    {
        var options = base.TlsOptions(host);
        options.ClientCertificateContext = _context;
        if (_trustedRoots is null) return options;

        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(_trustedRoots);
        options.CertificateChainPolicy = policy;
        return options;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _certificate.Dispose();
            foreach (var root in _trustedRoots ?? []) root.Dispose();
        }

        base.Dispose(disposing);
    }
}
