using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ProviderAgent.Chain.Mapping;
using ProviderAgent.Marketplace;
using WireState = ProviderAgent.Chain.Wire.Market.V1Beta5.Order.Types.State;

namespace ProviderAgent.Devnet.State.Rows;

/// <param name="Id">The order.</param>
/// <param name="State">Open, active or closed.</param>
/// <param name="Spec">The group's; never changed once stored.</param>
/// <param name="CreatedAt">Block height.</param>
/// <param name="MinReclaimWindow">Shortest notice that a bid must offer; null when none needs to.</param>
internal sealed record OrderRow(OrderId Id, WireState State, Wire.Deployment.V1Beta4.GroupSpec Spec, long CreatedAt, Duration? MinReclaimWindow) : IRow
{
    public int StateCode => (int)State;

    public Wire.Market.V1Beta5.Order ToWire() => new()
    {
        Id = WireIds.ToWire(Id),
        State = State,
        Spec = Spec,
        CreatedAt = CreatedAt,
        Reclamation = MinReclaimWindow is null ? null : new() { MinWindow = MinReclaimWindow },
    };

    public IMessage ToStored() => ToWire();
}
