using Google.Protobuf;
using ProviderAgent.Marketplace;
using WireState = ProviderAgent.Chain.Wire.Cert.State;

namespace ProviderAgent.Devnet.State.Rows;

/// <param name="Owner">The account.</param>
/// <param name="Serial">Serial number in base 10.</param>
internal readonly record struct CertificateId(AccountAddress Owner, string Serial)
{
    public static IComparer<CertificateId> Order { get; } = Comparer<CertificateId>.Create((x, y) =>
        x.Owner.CompareTo(y.Owner) is var first and not 0 ? first : string.CompareOrdinal(x.Serial, y.Serial));

    public override string ToString() => $"{Owner}/{Serial}";
}

/// <param name="Id">Owner and serial number; never used twice.</param>
/// <param name="State">Valid or revoked.</param>
/// <param name="Certificate">PEM text.</param>
/// <param name="PublicKey">PEM text.</param>
internal sealed record CertificateRow(CertificateId Id, WireState State, ByteString Certificate, ByteString PublicKey) : IRow
{
    public int StateCode => (int)State;

    public Wire.Cert.Certificate ToWire() => new() { State = State, Cert = Certificate, Pubkey = PublicKey };

    public IMessage ToStored() => ToWire();
}
