using ProviderAgent.Devnet.Events;
using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.Modules.Market;
using ProviderAgent.Devnet.State.Rows;
using BidState = ProviderAgent.Chain.Wire.Market.V1Beta5.Bid.Types.State;
using DeploymentState = ProviderAgent.Chain.Wire.Deployment.V1.Deployment.Types.State;
using EscrowState = ProviderAgent.Chain.Wire.Escrow.Types.State;
using GroupState = ProviderAgent.Chain.Wire.Deployment.V1Beta4.Group.Types.State;
using LeaseState = ProviderAgent.Chain.Wire.Market.V1.Lease.Types.State;
using WireReason = ProviderAgent.Chain.Wire.Market.V1.LeaseClosedReason;

namespace ProviderAgent.Devnet.Modules.Escrow;

/// <summary>What the end of the money means for deployments and leases.</summary>
internal static class EscrowEndings
{
    /// <summary>A deployment whose account closed or ran dry is closed with everything in it. A bid's account ends with the bid and has no say.</summary>
    public static void OnAccountEnded(MessageContext context, EscrowAccountRow account)
    {
        if (account.Id.Deployment is not { } id
            || context.Deployments.Find(id) is not { State: DeploymentState.Active } deployment) return;
        context.Deployments.Set(id, deployment with { State = DeploymentState.Closed });
        context.Emit(TypedEvents.DeploymentClosed(id));

        var state = account.State == EscrowState.Overdrawn ? GroupState.InsufficientFunds : GroupState.Closed;
        foreach (var group in GroupLifecycle.Of(context, id).Where(group => group.State != GroupState.Closed))
        {
            context.Groups.Set(group.Id, group with { State = state });
            context.Emit(TypedEvents.GroupClosed(group.Id));
            GroupLifecycle.CloseOrders(context, group.Id, state);
        }
    }

    /// <summary>A lease whose payment ended by itself (not through its own closing) ends with it.</summary>
    public static void OnPaymentEnded(MessageContext context, EscrowPaymentRow payment)
    {
        var lease = payment.Id.Lease;
        if (context.Bids.Find(lease.Bid) is not { State: BidState.Active } bid
            || context.Orders.Find(lease.Order) is not { } order
            || context.Leases.Find(lease) is not { } row) return;
        MarketLifecycle.CloseOrder(context, order);
        MarketLifecycle.CloseBid(context, bid);
        if (payment.State == EscrowState.Overdrawn)
        {
            MarketLifecycle.CloseLease(context, row, LeaseState.InsufficientFunds, WireReason.InsufficientFunds);
        }
        else
        {
            MarketLifecycle.CloseLease(context, row, LeaseState.Closed, WireReason.Unspecified);
        }
    }
}
