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

    private const string NextCertificateFile = "gateway.next.crt";
    private const string NextKeyFile = "gateway.next.key";

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
        lock (_gate)
        {
            FinishTaking();
            return ReadOrCreate(CertificateFile, KeyFile);
        }
    }

    /// <summary>The certificate that is to follow, made now when there is none yet. Nobody is shown it before <see cref="TakeNext"/>.</summary>
    public ProviderCertificate ReadOrCreateNext()
    {
        lock (_gate)
        {
            FinishTaking();
            return ReadOrCreate(NextCertificateFile, NextKeyFile);
        }
    }

    /// <summary>Shows tenants the one that was to follow from now on. The old one stays usable for handshakes under way.</summary>
    public void TakeNext()
    {
        lock (_gate)
        {
            if (!File.Exists(Path(NextKeyFile)) || !File.Exists(Path(NextCertificateFile))) throw new InvalidOperationException("there is no certificate to follow");

            // The key first: a certificate to follow without its key then means that this was interrupted, and is finished by whoever reads next.
            File.Move(Path(NextKeyFile), Path(KeyFile), overwrite: true);
            FinishTaking();
            _identity = null;
        }
    }

    public void Dispose() => _identity?.Certificate.Dispose();

    private void FinishTaking()
    {
        if (File.Exists(Path(NextCertificateFile)) && !File.Exists(Path(NextKeyFile))) File.Move(Path(NextCertificateFile), Path(CertificateFile), overwrite: true);
    }

    private ProviderCertificate ReadOrCreate(string certificateFile, string keyFile)
    {
        var (certificatePath, keyPath) = (Path(certificateFile), Path(keyFile));
        if (File.Exists(certificatePath) && File.Exists(keyPath)) return Read(File.ReadAllText(certificatePath), File.ReadAllText(keyPath));
        var made = CertificateMaker.Create(market.Account, [provider.Value.HostUri?.Host ?? "localhost"], CertificateMaker.DefaultLifetime, time);
        Directory.CreateDirectory(state.Value.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        // The key first: a certificate without its key would be taken for a complete pair.
        WritePrivately(keyPath, made.PrivateKeyPem);
        WritePrivately(certificatePath, made.CertificatePem);
        return made;
    }

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
