using Google.Protobuf;
using ProviderAgent.Chain.Mapping;
using ProviderAgent.Marketplace;
using WireState = ProviderAgent.Chain.Wire.Deployment.V1Beta4.Group.Types.State;

namespace ProviderAgent.Devnet.State.Rows;

/// <param name="Id">The group.</param>
/// <param name="State">Open, paused, out of funds or closed.</param>
/// <param name="Spec">As the tenant sent it; never changed once stored.</param>
/// <param name="CreatedAt">Block height.</param>
internal sealed record GroupRow(GroupId Id, WireState State, Wire.Deployment.V1Beta4.GroupSpec Spec, long CreatedAt) : IRow
{
    public int StateCode => (int)State;

    public Wire.Deployment.V1Beta4.Group ToWire() => new() { Id = WireIds.ToWire(Id), State = State, GroupSpec = Spec, CreatedAt = CreatedAt };

    public IMessage ToStored() => ToWire();
}
