using Google.Protobuf.WellKnownTypes;
using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Events;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.Modules.Escrow;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Marketplace;
using BidState = ProviderAgent.Chain.Wire.Market.V1Beta5.Bid.Types.State;
using LeaseState = ProviderAgent.Chain.Wire.Market.V1.Lease.Types.State;
using OrderState = ProviderAgent.Chain.Wire.Market.V1Beta5.Order.Types.State;
using WireReason = ProviderAgent.Chain.Wire.Market.V1.LeaseClosedReason;

namespace ProviderAgent.Devnet.Modules.Market;

/// <summary>The steps in the life of orders, bids and leases, each with its event. Ending what has ended changes nothing.</summary>
internal static class MarketLifecycle
{
    /// <summary>Opens the next order of a group.</summary>
    /// <exception cref="TransactionException">The group has an open or active order.</exception>
    public static void CreateOrder(MessageContext context, GroupId group, Wire.Deployment.V1Beta4.GroupSpec spec, Duration? minReclaimWindow)
    {
        if (OrdersOf(context, group, OrderState.Active).Count + OrdersOf(context, group, OrderState.Open).Count > 0)
        {
            throw MarketErrors.OrderActive.With("create order: active order exists");
        }

        var oseq = 1 + (uint)OrdersOf(context, group, OrderState.Closed).Count;
        var id = new OrderId(group.Owner, group.Dseq, group.Gseq, oseq);
        if (context.Orders.Find(id) is not null) throw MarketErrors.OrderExists.Exception();
        context.Orders.Set(id, new(id, OrderState.Open, spec, context.Height, minReclaimWindow));
        context.Emit(TypedEvents.OrderCreated(id));
    }

    public static void CloseOrder(MessageContext context, OrderRow order)
    {
        if (order.State == OrderState.Closed) return;
        context.Orders.Set(order.Id, order with { State = OrderState.Closed });
        context.Emit(TypedEvents.OrderClosed(order.Id));
    }

    /// <summary>Closes an open or active bid and gives its deposit back.</summary>
    public static void CloseBid(MessageContext context, BidRow bid)
    {
        if (bid.State is BidState.Closed or BidState.Lost) return;
        context.Bids.Set(bid.Id, bid with { State = BidState.Closed });
        EscrowAccounts.Close(context, EscrowAccountId.Of(bid.Id));
        context.Emit(TypedEvents.BidClosed(bid.Id));
    }

    /// <summary>Marks a bid whose order went to another provider and gives its deposit back. Raises no event.</summary>
    public static void LoseBid(MessageContext context, BidRow bid)
    {
        context.Bids.Set(bid.Id, bid with { State = BidState.Lost });
        EscrowAccounts.Close(context, EscrowAccountId.Of(bid.Id));
    }

    public static void CloseLease(MessageContext context, LeaseRow lease, LeaseState state, WireReason reason)
    {
        if (lease.State is LeaseState.Closed or LeaseState.InsufficientFunds) return;
        context.Leases.Set(lease.Id, lease with { State = state, ClosedOn = context.Height, Reason = reason });
        context.Emit(TypedEvents.LeaseClosed(lease.Id, reason));
    }

    /// <summary>Closes the payment of a lease if that can be done now; the caller's own work stands either way.</summary>
    public static void TryClosePayment(MessageContext context, LeaseId lease)
    {
        try
        {
            EscrowPayments.Close(context, new(lease));
        }
        catch (TransactionException e) when (e.Kind.Codespace == EscrowErrors.PaymentClosed.Codespace)
        {
            // Closed already, or its account is: both come before anything was changed, and both are what was wanted.
        }
    }

    public static IReadOnlyList<OrderRow> OrdersOf(MessageContext context, GroupId group, OrderState state) =>
        context.Orders.Range((int)state, new(group.Owner, group.Dseq, group.Gseq, 0), order => order.Id.Group == group, order => order.Id);

    public static IReadOnlyList<BidRow> BidsOf(MessageContext context, OrderId order, BidState state) =>
        context.Bids.Range((int)state, new(order, default), bid => bid.Id.Order == order, bid => bid.Id);
}
