using Google.Protobuf;
using ProviderAgent.Devnet.Wires;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.State.Rows;

/// <summary>A registered provider.</summary>
/// <param name="Owner">Its account.</param>
/// <param name="Record">As the provider sent it; never changed once stored.</param>
internal sealed record ProviderRow(AccountAddress Owner, Wire.Provider.Provider Record) : IRow
{
    public int StateCode => 0;

    public ValueList<MarketAttribute> Attributes => WireAttributes.Read(Record.Attributes);

    public IMessage ToStored() => Record;
}
