using Google.Protobuf;
using ProviderAgent.Devnet.Wires;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.State.Rows;

internal readonly record struct AuditId(AccountAddress Provider, AccountAddress Auditor)
{
    public static IComparer<AuditId> Order { get; } = Comparer<AuditId>.Create((x, y) =>
        x.Provider.CompareTo(y.Provider) is var first and not 0 ? first : x.Auditor.CompareTo(y.Auditor));

    public override string ToString() => $"{Provider}/{Auditor}";
}

/// <summary>Attributes of a provider that an auditor has signed.</summary>
internal sealed record AuditRow(AuditId Id, ValueList<MarketAttribute> Attributes) : IRow
{
    public int StateCode => 0;

    public Wire.Audit.AuditedProvider ToWire()
    {
        var wire = new Wire.Audit.AuditedProvider { Owner = Id.Provider.Value, Auditor = Id.Auditor.Value };
        wire.Attributes.AddRange(WireAttributes.ToWire(Attributes));
        return wire;
    }

    public IMessage ToStored() => ToWire();
}
