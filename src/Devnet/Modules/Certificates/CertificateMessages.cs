using System.Globalization;
using System.Numerics;
using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.Messages;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Devnet.Wires;
using ProviderAgent.Marketplace;
using CertificateState = ProviderAgent.Chain.Wire.Cert.State;
using WireCreate = ProviderAgent.Chain.Wire.Cert.MsgCreateCertificate;
using WireRevoke = ProviderAgent.Chain.Wire.Cert.MsgRevokeCertificate;

namespace ProviderAgent.Devnet.Modules.Certificates;

/// <summary>Publishes a certificate. Raises no event.</summary>
internal sealed class CreateCertificate() : MessageHandler<WireCreate>(WireCreate.Parser, WireCreate.Descriptor, "cert")
{
    protected override string SignerText(WireCreate message) => message.Owner;

    protected override void Validate(WireCreate message) =>
        CertificateRules.Read(IdRules.Address(message.Owner, "MsgCreateCertificate: Invalid Owner Address"), message.Cert, message.Pubkey);

    protected override void Execute(MessageContext context, WireCreate message)
    {
        var owner = AccountAddress.Parse(message.Owner);
        var id = new CertificateId(owner, CertificateRules.Read(owner, message.Cert, message.Pubkey));
        if (context.Certificates.Find(id) is not null) throw CertErrors.Exists.Exception();
        context.Certificates.Set(id, new(id, CertificateState.Valid, message.Cert, message.Pubkey));
    }
}

/// <summary>Revokes a certificate for good; its serial number stays used.</summary>
internal sealed class RevokeCertificate() : MessageHandler<WireRevoke>(WireRevoke.Parser, WireRevoke.Descriptor, "cert")
{
    protected override string SignerText(WireRevoke message) => message.Id.Owner;

    protected override void Validate(WireRevoke message)
    {
        IdRules.Address(message.Id?.Owner ?? "", "MsgRevoke: Invalid Owner Address");
        if (!BigInteger.TryParse(message.Id?.Serial, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
        {
            throw CertErrors.InvalidSerial.Exception();
        }
    }

    protected override void Execute(MessageContext context, WireRevoke message)
    {
        var serial = BigInteger.Parse(message.Id.Serial, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var id = new CertificateId(AccountAddress.Parse(message.Id.Owner), serial.ToString(CultureInfo.InvariantCulture));
        var certificate = context.Certificates.Find(id) ?? throw CertErrors.NotFound.Exception();
        if (certificate.State == CertificateState.Revoked) throw CertErrors.AlreadyRevoked.Exception();
        context.Certificates.Set(id, certificate with { State = CertificateState.Revoked });
    }
}
