using System.Buffers.Binary;
using System.Net;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Certificates;

/// <summary>Makes the self-signed certificate that a provider's gateway shows to tenants, who check it against the chain.</summary>
public static class CertificateMaker
{
    /// <summary>What the official tools use.</summary>
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromDays(365);

    // A clock on the other side may be slow.
    private static readonly TimeSpan Backdate = TimeSpan.FromMinutes(5);

    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    /// <summary>Makes a new P-256 key and its certificate: subject and issuer are the address, the serial number is the time in nanoseconds.</summary>
    /// <param name="account">The provider's account.</param>
    /// <param name="hosts">Host names or IP addresses under which the gateway is reached; at least one.</param>
    /// <param name="lifetime">Positive; see <see cref="DefaultLifetime"/>.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ArgumentException">Not an address of this chain, or no host.</exception>
    public static ProviderCertificate Create(AccountAddress account, IReadOnlyCollection<string> hosts, TimeSpan lifetime, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(hosts);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lifetime, TimeSpan.Zero);
        if (!ChainAddress.IsValid(account)) throw new ArgumentException($"'{account}' is not an address of this chain", nameof(account));
        if (hosts.Count == 0) throw new ArgumentException("a provider's certificate needs the host name of its gateway", nameof(hosts));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedName($"CN={account}");
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DataEncipherment | X509KeyUsageFlags.KeyEncipherment, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([ClientAuthentication, ServerAuthentication], critical: false));

        // The tools of this market write true or nothing here; as the only root of its own chain the certificate verifies either way.
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(Names(hosts));

        var now = time.GetUtcNow();
        var (notBefore, notAfter) = (now - Backdate, now + lifetime);
        var serial = SerialNumber(now);
        using var certificate = request.Create(name, X509SignatureGenerator.CreateForECDsa(key), notBefore, notAfter, serial);
        return new(
            certificate.ExportCertificatePem() + "\n",
            PemEncoding.WriteString("EC PUBLIC KEY", key.ExportSubjectPublicKeyInfo()) + "\n",
            key.ExportPkcs8PrivateKeyPem() + "\n",
            new BigInteger(serial, isUnsigned: true, isBigEndian: true).ToString(System.Globalization.CultureInfo.InvariantCulture),
            new DateTimeOffset(certificate.NotAfter.ToUniversalTime()));
    }

    private static X509Extension Names(IReadOnlyCollection<string> hosts)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address)) names.AddIpAddress(address);
            else names.AddDnsName(host);
        }

        return names.Build();
    }

    /// <summary>Nanoseconds since 1970, positive as DER sees it: unique as long as nobody makes two within 100 ns.</summary>
    private static byte[] SerialNumber(DateTimeOffset now)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, (now - DateTimeOffset.UnixEpoch).Ticks * 100);
        return bytes;
    }
}
