using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;
using ProviderAgent.Chain.Certificates;
using ProviderAgent.Config;
using ProviderAgent.Gateway;
using ProviderAgent.Ledger;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Adapters;

/// <summary>The gateway's certificate in the form that the chain takes: made once, kept in the state directory, shown to every tenant.</summary>
internal sealed class GatewayCertificate(IMarketplace market, IOptions<StateOptions> state, IOptions<ProviderOptions> provider, TimeProvider time) : IGatewayCertificate, IDisposable
{
    private const string CertificateFile = "gateway.crt";
    private const string KeyFile = "gateway.key";

    private readonly Lock _gate = new();
    private GatewayIdentity? _identity;

    public GatewayIdentity? Current
    {
        get
        {
            lock (_gate) return _identity ??= Identity(ReadOrCreate());
        }
    }

    /// <summary>The certificate, made now when there is none yet.</summary>
    public ProviderCertificate ReadOrCreate()
    {
        var (certificatePath, keyPath) = (Path(CertificateFile), Path(KeyFile));
        lock (_gate)
        {
            if (File.Exists(certificatePath) && File.Exists(keyPath)) return Read(File.ReadAllText(certificatePath), File.ReadAllText(keyPath));
            var made = CertificateMaker.Create(market.Account, [provider.Value.HostUri?.Host ?? "localhost"], CertificateMaker.DefaultLifetime, time);
            Directory.CreateDirectory(state.Value.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            // The key first: a certificate without its key would be taken for a complete pair.
            WritePrivately(keyPath, made.PrivateKeyPem);
            WritePrivately(certificatePath, made.CertificatePem);
            return made;
        }
    }

    public void Dispose() => _identity?.Certificate.Dispose();

    private string Path(string file) => System.IO.Path.Combine(state.Value.Directory, file);

    private static ProviderCertificate Read(string certificatePem, string keyPem)
    {
        using var certificate = X509Certificate2.CreateFromPem(certificatePem, keyPem);
        var spki = certificate.PublicKey.ExportSubjectPublicKeyInfo();
        var serial = new System.Numerics.BigInteger(certificate.SerialNumberBytes.Span, isUnsigned: true, isBigEndian: true);
        return new(
            certificatePem,
            System.Security.Cryptography.PemEncoding.WriteString("EC PUBLIC KEY", spki) + "\n",
            keyPem,
            serial.ToString(System.Globalization.CultureInfo.InvariantCulture),
            certificate.NotAfter.ToUniversalTime());
    }

    private static GatewayIdentity Identity(ProviderCertificate pair)
    {
        using var pem = X509Certificate2.CreateFromPem(pair.CertificatePem, pair.PrivateKeyPem);
        // TLS needs the key inside the certificate's own store, which only a round trip through PKCS #12 gives.
        return new(X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), password: null), Intermediates: []);
    }

    private static void WritePrivately(string path, string text)
    {
        var temporary = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(System.Text.Encoding.ASCII.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
