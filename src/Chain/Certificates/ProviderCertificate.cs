using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Certificates;

/// <summary>A certificate for the provider's gateway in the form that the chain takes, with its private key.</summary>
/// <param name="CertificatePem">One PEM block <c>CERTIFICATE</c>.</param>
/// <param name="PublicKeyPem">One PEM block <c>EC PUBLIC KEY</c> that holds a SubjectPublicKeyInfo, as the chain wants it.</param>
/// <param name="PrivateKeyPem">PKCS #8, not encrypted: a secret. Never leaves the host.</param>
/// <param name="Serial">Serial number as decimal digits; with the address it names the certificate on the chain.</param>
/// <param name="NotAfter">End of its validity.</param>
public sealed record ProviderCertificate(string CertificatePem, string PublicKeyPem, string PrivateKeyPem, string Serial, DateTimeOffset NotAfter)
{
    /// <summary>What puts the certificate on the market.</summary>
    public MarketAction.PublishCertificate Publish => new(CertificatePem, PublicKeyPem);

    /// <remarks>Without the private key.</remarks>
    public override string ToString() => $"certificate {Serial} until {NotAfter:u}";
}
