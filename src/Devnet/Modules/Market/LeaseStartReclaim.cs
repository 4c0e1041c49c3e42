using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Events;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.Messages;
using ProviderAgent.Devnet.Wires;
using LeaseState = ProviderAgent.Chain.Wire.Market.V1.Lease.Types.State;
using WireMessage = ProviderAgent.Chain.Wire.Market.V1Beta5.MsgLeaseStartReclaim;

namespace ProviderAgent.Devnet.Modules.Market;

/// <summary>The provider gives the notice that it promised: the lease runs on until the deadline.</summary>
internal sealed class LeaseStartReclaim() : MessageHandler<WireMessage>(WireMessage.Parser, WireMessage.Descriptor, "market")
{
    protected override string SignerText(WireMessage message) => message.Id.Provider;

    protected override void Validate(WireMessage message)
    {
        IdRules.Lease(message.Id);
        ReasonRules.ValidateProviders(message.Reason);
    }

    protected override void Execute(MessageContext context, WireMessage message)
    {
        var lease = context.Leases.Find(IdRules.Lease(message.Id)) ?? throw MarketErrors.UnknownLease.Exception();
        if (lease.State != LeaseState.Active) throw MarketErrors.LeaseNotActive.Exception();
        if (lease.Reclaim is not { } notice) throw MarketErrors.LeaseNotReclaimable.Exception();
        if (notice.StartedAt != 0) throw MarketErrors.AlreadyReclaiming.Exception();
        var deadline = (context.Time + notice.Window.ToTimeSpan()).ToUnixTimeSeconds();
        context.Leases.Set(lease.Id, lease with
        {
            State = LeaseState.Reclaiming,
            Reclaim = notice with { StartedAt = context.Height, Deadline = deadline, Reason = message.Reason },
        });
        context.Emit(TypedEvents.LeaseReclaimStarted(lease.Id, message.Reason, deadline));
    }
}
