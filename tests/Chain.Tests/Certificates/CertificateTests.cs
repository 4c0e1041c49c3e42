using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ProviderAgent.Chain.Certificates;
using ProviderAgent.Chain.Tests.Scripted;
using ProviderAgent.Chain.Tests.Vectors;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Tests.Certificates;

public sealed class CertificateTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 7, 890, TimeSpan.Zero);

    [Fact]
    public void Check_Vector_KeepsAllRules()
    {
        var entry = VectorFile.Entry("certificates", 0);

        var error = CertificateRules.Check(AccountAddress.Parse(entry.Text("address")), entry.Text("certificate_pem"), entry.Text("public_key_pem"), out var serial);

        Assert.Null(error);
        Assert.Equal(entry.Text("serial_decimal"), serial);
    }

    [Fact]
    public void Create_ForTheGateway_KeepsTheChainsRules()
    {
        var made = Create("provider.example.com", "203.0.113.7", "2001:db8::1");

        Assert.Null(CertificateRules.Check(TestKeys.ProviderAddress, made.CertificatePem, made.PublicKeyPem, out var serial));
        Assert.Equal(made.Serial, serial);
        Assert.Equal(((Now - DateTimeOffset.UnixEpoch).Ticks * 100).ToString(), serial);
        Assert.StartsWith("-----BEGIN EC PUBLIC KEY-----\n", made.PublicKeyPem);
        Assert.EndsWith("-----END CERTIFICATE-----\n", made.CertificatePem);
        Assert.Equal((made.CertificatePem, made.PublicKeyPem), (made.Publish.CertificatePem, made.Publish.PublicKeyPem));
        Assert.DoesNotContain("PRIVATE", made.ToString());
    }

    [Fact]
    public void Create_ForTheGateway_HasTheFormOfTheOfficialTools()
    {
        var made = Create("provider.example.com", "203.0.113.7");
        using var certificate = X509Certificate2.CreateFromPem(made.CertificatePem, made.PrivateKeyPem);

        Assert.Equal($"CN={TestKeys.ProviderAddress}", certificate.Subject);
        Assert.Equal(certificate.Subject, certificate.Issuer);
        Assert.Equal(3, certificate.Version);
        Assert.Equal("1.2.840.10045.4.3.2", certificate.SignatureAlgorithm.Value);
        Assert.Equal(Now.AddDays(365), made.NotAfter, TimeSpan.FromSeconds(1));
        Assert.True(certificate.NotBefore.ToUniversalTime() < Now.UtcDateTime);
        var usages = certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Cast<Oid>().Select(oid => oid.Value);
        Assert.Equal(["1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1"], usages);
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.Equal(["provider.example.com"], names.EnumerateDnsNames());
        Assert.Equal("203.0.113.7", names.EnumerateIPAddresses().Single().ToString());
        using var key = certificate.GetECDsaPrivateKey();
        Assert.Equal("1.2.840.10045.3.1.7", key?.ExportParameters(false).Curve.Oid.Value);
    }

    [Fact]
    public void Create_OwnCertificateAsOnlyRoot_VerifiesForServerAndClient()
    {
        var made = Create("provider.example.com");
        using var certificate = X509Certificate2.CreateFromPem(made.CertificatePem);
        foreach (var usage in (string[])["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"])
        {
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.Add(certificate);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.VerificationTime = Now.UtcDateTime;
            chain.ChainPolicy.ApplicationPolicy.Add(new Oid(usage));
            Assert.True(chain.Build(certificate), string.Join(", ", chain.ChainStatus.Select(status => status.StatusInformation)));
        }
    }

    [Fact]
    public void Check_EachBrokenRule_IsNamed()
    {
        var (made, other) = (Create("provider.example.com"), Create("provider.example.com"));
        var spki = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
        (string Certificate, string Key, AccountAddress Owner, string Hint)[] cases =
        [
            (made.CertificatePem, spki, TestKeys.ProviderAddress, "EC PUBLIC KEY"),
            (made.CertificatePem, made.PublicKeyPem + made.PublicKeyPem, TestKeys.ProviderAddress, "exactly one"),
            (made.CertificatePem, "text", TestKeys.ProviderAddress, "exactly one"),
            (made.CertificatePem, spki.Replace("PUBLIC", "EC PUBLIC"), TestKeys.ProviderAddress, "no elliptic curve key"),
            (made.PublicKeyPem, made.PublicKeyPem, TestKeys.ProviderAddress, "CERTIFICATE"),
            (made.CertificatePem.Replace("CERTIFICATE", "OTHER"), made.PublicKeyPem, TestKeys.ProviderAddress, "CERTIFICATE"),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", made.PublicKeyPem, TestKeys.ProviderAddress, "cannot be read"),
            (made.CertificatePem, other.PublicKeyPem, TestKeys.ProviderAddress, "another key"),
            (made.CertificatePem, made.PublicKeyPem, TestKeys.Tenant, "CN="),
        ];
        Assert.All(cases, item =>
        {
            var error = CertificateRules.Check(item.Owner, item.Certificate, item.Key, out var serial);
            Assert.Contains(item.Hint, error);
            Assert.Empty(serial);
        });
    }

    [Fact]
    public void Create_WithoutHostOrAddress_IsRefused()
    {
        var time = new ManualTimeProvider(Now);
        Assert.Throws<ArgumentException>(() => CertificateMaker.Create(TestKeys.ProviderAddress, [], CertificateMaker.DefaultLifetime, time));
        Assert.Throws<ArgumentException>(() => CertificateMaker.Create(AccountAddress.Parse("nobody"), ["a.example"], CertificateMaker.DefaultLifetime, time));
        Assert.Throws<ArgumentOutOfRangeException>(() => CertificateMaker.Create(TestKeys.ProviderAddress, ["a.example"], TimeSpan.Zero, time));
    }

    private static ProviderCertificate Create(params string[] hosts) =>
        CertificateMaker.Create(TestKeys.ProviderAddress, hosts, CertificateMaker.DefaultLifetime, new ManualTimeProvider(Now));
}
