using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ProviderAgent.Gateway.Tests.Fakes;

internal static class TestCertificates
{
    public static GatewayIdentity New(string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        return new(request.CreateSelfSigned(new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero)), []);
    }

    /// <summary>A certificate signed by an intermediate authority, which comes with it.</summary>
    public static GatewayIdentity OfAnAuthority(string host)
    {
        var (from, until) = (new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = Authority("root", rootKey).CreateSelfSigned(from, until);
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signed = Authority("intermediate", authorityKey).Create(root, from, until, [1]);
        var authority = signed.CopyWithPrivateKey(authorityKey);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leaf = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256).Create(authority, from, until, [1, 2, 3]);
        return new(leaf.CopyWithPrivateKey(key), [authority]);
    }

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request;
    }

    /// <summary>The shape that providers put on the market: no digital signature among its key usages.</summary>
    public static GatewayIdentity OfAProvider()
    {
        var vector = Repository.VectorJson("gateway/certs/server-cert.json");
        return new(X509Certificate2.CreateFromPem(vector["cert_pem"]!.GetValue<string>(), vector["private_key_pem"]!.GetValue<string>()), []);
    }
}
