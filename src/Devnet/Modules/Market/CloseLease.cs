using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.Messages;
using ProviderAgent.Devnet.Modules.Deployments;
using ProviderAgent.Devnet.Modules.Escrow;
using ProviderAgent.Devnet.Wires;
using BidState = ProviderAgent.Chain.Wire.Market.V1Beta5.Bid.Types.State;
using GroupState = ProviderAgent.Chain.Wire.Deployment.V1Beta4.Group.Types.State;
using LeaseState = ProviderAgent.Chain.Wire.Market.V1.Lease.Types.State;
using OrderState = ProviderAgent.Chain.Wire.Market.V1Beta5.Order.Types.State;
using WireMessage = ProviderAgent.Chain.Wire.Market.V1Beta5.MsgCloseLease;
using WireReason = ProviderAgent.Chain.Wire.Market.V1.LeaseClosedReason;

namespace ProviderAgent.Devnet.Modules.Market;

/// <summary>The tenant ends a lease. Its group stays open, so it is put out to bid again at once.</summary>
internal sealed class CloseLease() : MessageHandler<WireMessage>(WireMessage.Parser, WireMessage.Descriptor, "market")
{
    protected override string SignerText(WireMessage message) => message.Id.Owner;

    protected override void Validate(WireMessage message) => IdRules.Lease(message.Id);

    protected override void Execute(MessageContext context, WireMessage message)
    {
        var id = IdRules.Lease(message.Id);
        var order = context.Orders.Find(id.Order) ?? throw MarketErrors.OrderNotFound.Exception();
        if (order.State != OrderState.Active) throw MarketErrors.OrderClosed.Exception();
        var bid = context.Bids.Find(id.Bid) ?? throw MarketErrors.BidNotFound.Exception();
        if (bid.State != BidState.Active) throw MarketErrors.BidNotActive.Exception();
        var lease = context.Leases.Find(id) ?? throw MarketErrors.LeaseNotFound.Exception();
        if (lease.State is not (LeaseState.Active or LeaseState.Reclaiming)) throw MarketErrors.OrderClosed.Exception();

        MarketLifecycle.CloseLease(context, lease, LeaseState.Closed, WireReason.LeaseClosedOwner);
        MarketLifecycle.CloseBid(context, bid);
        MarketLifecycle.CloseOrder(context, order);
        EscrowPayments.Close(context, new(id));

        // Read only now: closing the payment may have found the account empty and closed the whole deployment.
        var group = DeploymentRules.FindGroup(context, id.Group);
        if (group.State == GroupState.Open) MarketLifecycle.CreateOrder(context, group.Id, group.Spec, order.MinReclaimWindow);
    }
}
