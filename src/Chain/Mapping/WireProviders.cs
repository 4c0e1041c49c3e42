using System.Text;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Marketplace;
using WireAudit = ProviderAgent.Chain.Wire.Audit.AuditedProvider;
using WireCertificate = ProviderAgent.Chain.Wire.Cert.CertificateResponse;
using WireCertificateState = ProviderAgent.Chain.Wire.Cert.State;
using WireInfo = ProviderAgent.Chain.Wire.Provider.Info;
using WireProvider = ProviderAgent.Chain.Wire.Provider.Provider;

namespace ProviderAgent.Chain.Mapping;

/// <summary>Public entries of providers, what auditors signed of them, and certificates, between the wire and the market's vocabulary.</summary>
internal static class WireProviders
{
    // A certificate of a few hundred bytes; anything much larger is not looked at.
    private const int MaxPemBytes = 64 * 1024;

    /// <exception cref="MalformedWireException">A bad address, or a host that is no absolute address.</exception>
    public static ProviderRecord ToRecord(WireProvider? wire)
    {
        if (wire is null) throw new MalformedWireException("the provider is missing");
        return Uri.TryCreate(wire.HostUri, UriKind.Absolute, out var host)
            ? new(WireIds.ToAddress(wire.Owner), host, WireResources.ToAttributes(wire.Attributes), wire.Info?.Email ?? "", wire.Info?.Website ?? "")
            : throw new MalformedWireException($"host '{WireText.Shorten(wire.HostUri)}' is no address");
    }

    /// <summary>The host as the chain takes it: without a path, not even a slash.</summary>
    public static string HostText(Uri host) => host.GetLeftPart(UriPartial.Authority);

    public static WireInfo ToInfo(ProviderRecord record) => new() { Email = record.Email, Website = record.Website };

    /// <exception cref="MalformedWireException">A bad address.</exception>
    public static AuditRecord ToAudit(WireAudit wire) => new(WireIds.ToAddress(wire.Owner), WireIds.ToAddress(wire.Auditor), WireResources.ToAttributes(wire.Attributes));

    /// <exception cref="MalformedWireException">Missing, of an unknown state, or no text.</exception>
    public static CertificateRecord ToCertificate(AccountAddress owner, WireCertificate wire)
    {
        if (wire.Certificate is not { } certificate) throw new MalformedWireException("the certificate is missing");
        var isValid = certificate.State switch
        {
            WireCertificateState.Valid => true,
            WireCertificateState.Revoked => false,
            _ => throw new MalformedWireException($"certificate state {(int)certificate.State} is not known"),
        };
        return new(owner, wire.Serial, isValid, Pem(certificate.Cert.Span), Pem(certificate.Pubkey.Span));
    }

    private static string Pem(ReadOnlySpan<byte> bytes) =>
        bytes.Length <= MaxPemBytes && Ascii.IsValid(bytes) ? Encoding.ASCII.GetString(bytes) : throw new MalformedWireException("the certificate is no PEM text");
}
