using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Reads a certificate and its key, and says what keeps them from being served.</summary>
internal static class CertificateReader
{
    private const long MaxBytes = 262_144;
    private const int MaxNames = 200;

    /// <summary>Reads two files.</summary>
    /// <exception cref="CertificateException">They cannot be served; the message says why, and the fix.</exception>
    public static ServingCertificate Read(string certificateFile, string keyFile, string origin, DateTimeOffset now)
    {
        try
        {
            return Parse(ReadBounded(certificateFile), ReadBounded(keyFile), origin, now);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CertificateException($"cannot be read: {error.Message}", error);
        }
    }

    /// <inheritdoc cref="Read"/>
    public static ServingCertificate Parse(string chain, string key, string origin, DateTimeOffset now)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(chain, key);
            if (certificate.NotAfter.ToUniversalTime() <= now) throw new CertificateException($"ended on {certificate.NotAfter.ToUniversalTime():u}; renew it");
            if (certificate.NotBefore.ToUniversalTime() > now) throw new CertificateException($"is good only from {certificate.NotBefore.ToUniversalTime():u}; check this host's clock");
            var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(extension => extension.EnumerateDnsNames()).Take(MaxNames).Select(name => name.ToLowerInvariant()).ToValueList();
            if (names.Count == 0) throw new CertificateException("names no host; issue it with subject alternative names");
            return new(chain, key, names, certificate.NotAfter.ToUniversalTime(), origin, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(chain + key)).AsSpan(0, 16)));
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new CertificateException($"and its key do not fit together or are no PEM: {error.Message}", error);
        }
    }

    private static string ReadBounded(string file)
    {
        var length = new FileInfo(file).Length;
        return length <= MaxBytes ? File.ReadAllText(file) : throw new CertificateException($"{file} has {length} bytes, which is no certificate or key");
    }
}

/// <summary>A certificate that cannot be served.</summary>
internal sealed class CertificateException(string message, Exception? inner = null) : Exception(message, inner);
