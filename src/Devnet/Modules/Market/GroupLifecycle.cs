using ProviderAgent.Devnet.Execution;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Marketplace;
using BidState = ProviderAgent.Chain.Wire.Market.V1Beta5.Bid.Types.State;
using GroupState = ProviderAgent.Chain.Wire.Deployment.V1Beta4.Group.Types.State;
using LeaseState = ProviderAgent.Chain.Wire.Market.V1.Lease.Types.State;
using OrderState = ProviderAgent.Chain.Wire.Market.V1Beta5.Order.Types.State;
using WireReason = ProviderAgent.Chain.Wire.Market.V1.LeaseClosedReason;

namespace ProviderAgent.Devnet.Modules.Market;

/// <summary>What the end or the pause of a group means for its orders, bids and leases.</summary>
internal static class GroupLifecycle
{
    private static readonly GroupState[] States = [GroupState.Open, GroupState.Paused, GroupState.InsufficientFunds, GroupState.Closed];

    /// <summary>All groups of a deployment, by number.</summary>
    public static IReadOnlyList<GroupRow> Of(MessageContext context, DeploymentId deployment) =>
        [.. States.SelectMany(state => context.Groups.Range(
                (int)state, new(deployment.Owner, deployment.Dseq, 0), group => group.Id.Deployment == deployment, group => group.Id))
            .OrderBy(group => group.Id.Gseq)];

    /// <summary>Closes the group's orders with their bids and leases.</summary>
    public static void CloseOrders(MessageContext context, GroupId group, GroupState state)
    {
        foreach (var order in MarketLifecycle.OrdersOf(context, group, OrderState.Active)) Close(context, order, state);
        foreach (var order in MarketLifecycle.OrdersOf(context, group, OrderState.Open)) Close(context, order, state);
    }

    private static void Close(MessageContext context, OrderRow order, GroupState state)
    {
        MarketLifecycle.CloseOrder(context, order);
        foreach (var bid in MarketLifecycle.BidsOf(context, order.Id, BidState.Open)) Close(context, bid, state);
        if (order.State != OrderState.Active) return;
        foreach (var bid in MarketLifecycle.BidsOf(context, order.Id, BidState.Active)) Close(context, bid, state);
    }

    private static void Close(MessageContext context, BidRow bid, GroupState state)
    {
        MarketLifecycle.CloseBid(context, bid);
        if (context.Leases.Find(bid.Id.Lease) is not { } lease) return;
        var (leaseState, reason) = state == GroupState.InsufficientFunds
            ? (LeaseState.InsufficientFunds, WireReason.InsufficientFunds)
            : (LeaseState.Closed, WireReason.LeaseClosedOwner);
        MarketLifecycle.CloseLease(context, lease, leaseState, reason);
        MarketLifecycle.TryClosePayment(context, lease.Id);
    }
}
