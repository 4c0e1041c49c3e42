using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ProviderAgent.Chain.Mapping;
using ProviderAgent.Marketplace;
using WireState = ProviderAgent.Chain.Wire.Deployment.V1.Deployment.Types.State;

namespace ProviderAgent.Devnet.State.Rows;

/// <param name="Id">The deployment.</param>
/// <param name="State">Active or closed.</param>
/// <param name="Hash">32 bytes: the manifest's version.</param>
/// <param name="CreatedAt">Block height.</param>
/// <param name="MinReclaimWindow">Shortest notice that the tenant accepts; null when no bid needs to offer one.</param>
internal sealed record DeploymentRow(DeploymentId Id, WireState State, ByteString Hash, long CreatedAt, Duration? MinReclaimWindow) : IRow
{
    public int StateCode => (int)State;

    public Wire.Deployment.V1.Deployment ToWire() => new()
    {
        Id = WireIds.ToWire(Id),
        State = State,
        Hash = Hash,
        CreatedAt = CreatedAt,
        Reclamation = MinReclaimWindow is null ? null : new() { MinWindow = MinReclaimWindow },
    };

    public IMessage ToStored() => ToWire();
}
