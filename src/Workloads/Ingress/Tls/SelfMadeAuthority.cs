using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ProviderAgent.Workloads;

/// <summary>Makes certificates that only this host vouches for. For trials: no browser trusts them unless its user adds the authority.</summary>
internal sealed class SelfMadeAuthority(IngressFolder folder, TimeProvider time)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan AuthorityLife = TimeSpan.FromDays(3_650);
    private static readonly TimeSpan LeafLife = TimeSpan.FromDays(90);
    private static readonly TimeSpan LeafRenewal = TimeSpan.FromDays(30);
    private static readonly TimeSpan ClockSlack = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, ServingCertificate> _made = new(StringComparer.Ordinal);

    /// <summary>Why none can be made; null when they can.</summary>
    public string? Problem { get; private set; }

    /// <summary>The authority's certificate, for those who want to trust it.</summary>
    public string AuthorityFile => Path.Combine(folder.Folder, "authority.crt");

    private string AuthorityKeyFile => Path.Combine(folder.Folder, "authority.key");

    /// <summary>A certificate for the name, or for all names below the ingress domain; null when it cannot be made.</summary>
    public ServingCertificate? For(string host, string domain, DateTimeOffset now)
    {
        var subject = domain.Length > 0 && host.EndsWith("." + domain, StringComparison.Ordinal) && host.IndexOf('.', StringComparison.Ordinal) == host.Length - domain.Length - 1 ? "*." + domain : host;
        if (_made.TryGetValue(subject, out var known) && known.NotAfter - now > LeafRenewal) return known;
        try
        {
            Problem = null;
            return _made[subject] = Stored(subject, now) ?? Make(subject, now);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            Problem = $"no certificate can be made for {subject}: {error.Message}";
            return null;
        }
    }

    private ServingCertificate? Stored(string subject, DateTimeOffset now)
    {
        try
        {
            var stored = CertificateReader.Read(LeafFile(subject, "crt"), LeafFile(subject, "key"), "self_made", now);
            return stored.NotAfter - now > LeafRenewal && stored.Covers(subject.Replace("*", "any", StringComparison.Ordinal)) ? stored : null;
        }
        catch (CertificateException)
        {
            return null; // not made yet, or cut short: made now
        }
    }

    private ServingCertificate Make(string subject, DateTimeOffset now)
    {
        using var authority = Authority();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // The subject's own name may be too long for this field; what counts are the alternative names.
        var request = new CertificateRequest("CN=provider-agent ingress", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(subject);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false)); // server authentication
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using var certificate = request.Create(authority, now - ClockSlack, now + LeafLife, Serial());
        var chain = certificate.ExportCertificatePem() + "\n" + authority.ExportCertificatePem() + "\n";
        var keyPem = key.ExportPkcs8PrivateKeyPem() + "\n";
        Write(LeafFile(subject, "key"), keyPem);
        Write(LeafFile(subject, "crt"), chain);
        return CertificateReader.Parse(chain, keyPem, "self_made", now);
    }

    private X509Certificate2 Authority()
    {
        // The key first when written, so a certificate means that both are there.
        if (File.Exists(AuthorityFile)) return X509Certificate2.CreateFromPemFile(AuthorityFile, AuthorityKeyFile);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=provider-agent self-made authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = time.GetUtcNow();
        var authority = request.CreateSelfSigned(now - ClockSlack, now + AuthorityLife);
        Write(AuthorityKeyFile, key.ExportPkcs8PrivateKeyPem() + "\n");
        Write(AuthorityFile, authority.ExportCertificatePem() + "\n");
        return authority;
    }

    private string LeafFile(string subject, string ending) => Path.Combine(folder.Folder, "self-made", $"{subject.Replace("*", "_", StringComparison.Ordinal)}.{ending}");

    private static byte[] Serial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7F; // a positive number
        return serial;
    }

    private static void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!, Private | UnixFileMode.UserExecute);
        var temporary = file + ".new";
        File.Delete(temporary);
        using (var stream = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Private }))
        {
            stream.Write(System.Text.Encoding.ASCII.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, file, overwrite: true);
    }
}
