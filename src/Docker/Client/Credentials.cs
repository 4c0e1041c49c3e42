using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace ProviderAgent.Docker;

/// <summary>How this client proves who it is to the engine, and how the engine has to prove itself.</summary>
public abstract class Credentials : IDisposable
{
    private protected Credentials()
    {
    }

    /// <summary>True when a <c>tcp://</c> endpoint has to be spoken to over TLS.</summary>
    public abstract bool IsTlsCredentials();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases key material.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Settings of the handshake with <paramref name="host"/>. Revocation is not checked: engines use private authorities.</summary>
    internal virtual SslClientAuthenticationOptions TlsOptions(string host) => new()
    {
        TargetHost = host,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ApplicationProtocols = [SslApplicationProtocol.Http11],
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
    };
}

/// <summary>No client certificate. Right for the unix socket, whose file permissions are the protection.</summary>
public sealed class AnonymousCredentials : Credentials
{
    public override bool IsTlsCredentials() => false;
}
