using System.Security.Cryptography.X509Certificates;

namespace ProviderAgent.Gateway;

/// <summary>The certificate that the gateway shows its callers.</summary>
public interface IGatewayCertificate
{
    /// <summary>What is in force; null while there is none, then every connection is refused.</summary>
    /// <remarks>
    /// Asked at each handshake, so that another one takes effect at once and without a restart; has to answer from memory, concurrently, and
    /// with the same object until it changes. The gateway disposes nothing, and what was replaced has to stay usable for handshakes under way.
    /// </remarks>
    GatewayIdentity? Current { get; }
}

/// <param name="Certificate">With its private key.</param>
/// <param name="Intermediates">What callers need to get from it to an authority that they know; empty for a certificate that signs itself.</param>
public sealed record GatewayIdentity(X509Certificate2 Certificate, IReadOnlyList<X509Certificate2> Intermediates);
