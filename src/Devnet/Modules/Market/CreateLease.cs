using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Events;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.Messages;
using ProviderAgent.Devnet.Modules.Escrow;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Devnet.Wires;
using BidState = ProviderAgent.Chain.Wire.Market.V1Beta5.Bid.Types.State;
using GroupState = ProviderAgent.Chain.Wire.Deployment.V1Beta4.Group.Types.State;
using LeaseState = ProviderAgent.Chain.Wire.Market.V1.Lease.Types.State;
using OrderState = ProviderAgent.Chain.Wire.Market.V1Beta5.Order.Types.State;
using WireMessage = ProviderAgent.Chain.Wire.Market.V1Beta5.MsgCreateLease;
using WireReason = ProviderAgent.Chain.Wire.Market.V1.LeaseClosedReason;

namespace ProviderAgent.Devnet.Modules.Market;

/// <summary>The tenant accepts a bid; all other open bids on the order are lost.</summary>
internal sealed class CreateLease() : MessageHandler<WireMessage>(WireMessage.Parser, WireMessage.Descriptor, "market")
{
    protected override string SignerText(WireMessage message) => message.BidId.Owner;

    protected override void Validate(WireMessage message) => IdRules.Bid(message.BidId);

    protected override void Execute(MessageContext context, WireMessage message)
    {
        var bid = context.Bids.Find(IdRules.Bid(message.BidId)) ?? throw MarketErrors.BidNotFound.Exception();
        if (bid.State != BidState.Open) throw MarketErrors.BidNotOpen.Exception();
        var order = context.Orders.Find(bid.Id.Order) ?? throw MarketErrors.OrderNotFound.Exception();
        if (order.State != OrderState.Open) throw MarketErrors.OrderNotOpen.Exception();
        var group = context.Groups.Find(order.Id.Group) ?? throw MarketErrors.GroupNotFound.Exception();
        if (group.State != GroupState.Open) throw MarketErrors.GroupNotOpen.Exception();

        var id = bid.Id.Lease;
        EscrowPayments.Create(context, new(id), id.Provider, bid.Price);
        var notice = bid.ReclaimWindow is null ? null : new LeaseNotice(bid.ReclaimWindow, 0, 0, WireReason.LeaseClosedInvalid);
        context.Leases.Set(id, new(id, LeaseState.Active, bid.Price, context.Height, 0, WireReason.LeaseClosedInvalid, notice));
        context.Emit(TypedEvents.LeaseCreated(id, bid.Price));
        context.Orders.Set(order.Id, order with { State = OrderState.Active });
        context.Bids.Set(bid.Id, bid with { State = BidState.Active });
        foreach (var other in MarketLifecycle.BidsOf(context, order.Id, BidState.Open)) MarketLifecycle.LoseBid(context, other);
    }
}
