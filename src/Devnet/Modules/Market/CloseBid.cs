using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Events;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.Messages;
using ProviderAgent.Devnet.Modules.Deployments;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Devnet.Wires;
using BidState = ProviderAgent.Chain.Wire.Market.V1Beta5.Bid.Types.State;
using GroupState = ProviderAgent.Chain.Wire.Deployment.V1Beta4.Group.Types.State;
using LeaseState = ProviderAgent.Chain.Wire.Market.V1.Lease.Types.State;
using WireMessage = ProviderAgent.Chain.Wire.Market.V1Beta5.MsgCloseBid;

namespace ProviderAgent.Devnet.Modules.Market;

/// <summary>A provider takes back an open bid, or ends a lease of its own. The latter pauses the tenant's group.</summary>
internal sealed class CloseBid() : MessageHandler<WireMessage>(WireMessage.Parser, WireMessage.Descriptor, "market")
{
    protected override string SignerText(WireMessage message) => message.Id.Provider;

    protected override void Validate(WireMessage message)
    {
        IdRules.Bid(message.Id);
        ReasonRules.ValidateProviders(message.Reason);
    }

    protected override void Execute(MessageContext context, WireMessage message)
    {
        var bid = context.Bids.Find(IdRules.Bid(message.Id)) ?? throw MarketErrors.UnknownBid.Exception();
        var order = context.Orders.Find(bid.Id.Order) ?? throw MarketErrors.UnknownOrderForBid.Exception();
        if (bid.State == BidState.Open)
        {
            MarketLifecycle.CloseBid(context, bid);
            return;
        }

        var lease = context.Leases.Find(bid.Id.Lease) ?? throw MarketErrors.UnknownLeaseForBid.Exception();
        CheckMayClose(context, lease);
        if (bid.State != BidState.Active) throw MarketErrors.BidNotActive.Exception();

        var group = DeploymentRules.FindGroup(context, order.Id.Group);
        context.Groups.Set(group.Id, group with { State = GroupState.Paused });
        context.Emit(TypedEvents.GroupPaused(group.Id));
        MarketLifecycle.CloseLease(context, lease, LeaseState.Closed, message.Reason);
        MarketLifecycle.CloseBid(context, bid);
        MarketLifecycle.CloseOrder(context, order);
        MarketLifecycle.TryClosePayment(context, lease.Id);
    }

    /// <summary>A lease with a promised notice ends only after the notice was given and its time is over.</summary>
    private static void CheckMayClose(MessageContext context, LeaseRow lease)
    {
        switch (lease.State)
        {
            case LeaseState.Active when lease.Reclaim is not null:
                throw MarketErrors.ReclamationNotStarted.Exception();
            case LeaseState.Active:
                return;
            case LeaseState.Reclaiming when context.Time.ToUnixTimeSeconds() < lease.Reclaim?.Deadline:
                throw MarketErrors.WindowNotElapsed.Exception();
            case LeaseState.Reclaiming:
                return;
            default:
                throw MarketErrors.LeaseNotActive.Exception();
        }
    }
}
