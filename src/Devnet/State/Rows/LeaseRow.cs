using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ProviderAgent.Chain.Mapping;
using ProviderAgent.Marketplace;
using WireReason = ProviderAgent.Chain.Wire.Market.V1.LeaseClosedReason;
using WireState = ProviderAgent.Chain.Wire.Market.V1.Lease.Types.State;

namespace ProviderAgent.Devnet.State.Rows;

/// <param name="Id">The lease.</param>
/// <param name="State">Active, reclaiming, out of funds or closed.</param>
/// <param name="Price">Per block.</param>
/// <param name="CreatedAt">Block height.</param>
/// <param name="ClosedOn">Block height; 0 while it runs.</param>
/// <param name="Reason">Why it was closed.</param>
/// <param name="Reclaim">Present when the bid promised a notice.</param>
internal sealed record LeaseRow(
    LeaseId Id, WireState State, ChainPrice Price, long CreatedAt, long ClosedOn, WireReason Reason, LeaseNotice? Reclaim) : IRow
{
    public int StateCode => (int)State;

    public Wire.Market.V1.Lease ToWire() => new()
    {
        Id = WireIds.ToWire(Id),
        State = State,
        Price = Price.ToWire(),
        CreatedAt = CreatedAt,
        ClosedOn = ClosedOn,
        Reason = Reason,
        Reclamation = Reclaim?.ToWire(),
    };

    public IMessage ToStored() => ToWire();
}

/// <param name="Window">Length of the notice.</param>
/// <param name="StartedAt">Block height at which it was given; 0 before.</param>
/// <param name="Deadline">Unix seconds from which the provider may close; 0 before.</param>
/// <param name="Reason">The provider's reason for giving notice.</param>
internal sealed record LeaseNotice(Duration Window, long StartedAt, long Deadline, WireReason Reason)
{
    public Wire.Market.V1.Reclamation ToWire() => new() { Window = Window, StartedAt = StartedAt, Deadline = Deadline, Reason = Reason };
}
