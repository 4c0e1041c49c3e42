using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ProviderAgent.Chain.Mapping;
using ProviderAgent.Marketplace;
using WireState = ProviderAgent.Chain.Wire.Market.V1Beta5.Bid.Types.State;

namespace ProviderAgent.Devnet.State.Rows;

/// <param name="Id">The bid.</param>
/// <param name="State">Open, active, lost or closed.</param>
/// <param name="Price">Per block, for the whole group.</param>
/// <param name="CreatedAt">Block height.</param>
/// <param name="Offer">As the provider sent it; never changed once stored.</param>
/// <param name="ReclaimWindow">The notice that the provider promises to give; null when it promises none.</param>
internal sealed record BidRow(
    BidId Id, WireState State, ChainPrice Price, long CreatedAt, ValueList<Wire.Market.V1Beta5.ResourceOffer> Offer, Duration? ReclaimWindow) : IRow
{
    public int StateCode => (int)State;

    public Wire.Market.V1Beta5.Bid ToWire()
    {
        var wire = new Wire.Market.V1Beta5.Bid
        {
            Id = WireIds.ToWire(Id),
            State = State,
            Price = Price.ToWire(),
            CreatedAt = CreatedAt,
            ReclamationWindow = ReclaimWindow,
        };
        wire.ResourcesOffer.AddRange(Offer);
        return wire;
    }

    public IMessage ToStored() => ToWire();
}
