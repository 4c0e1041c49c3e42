using ProviderAgent.Chain.Numbers;
using ProviderAgent.Marketplace;
using WireBid = ProviderAgent.Chain.Wire.Market.V1Beta5.Bid;
using WireLease = ProviderAgent.Chain.Wire.Market.V1.Lease;
using WireOrder = ProviderAgent.Chain.Wire.Market.V1Beta5.Order;
using WireParams = ProviderAgent.Chain.Wire.Market.V1Beta5.Params;
using WireReclamation = ProviderAgent.Chain.Wire.Market.V1.Reclamation;

namespace ProviderAgent.Chain.Mapping;

/// <summary>Orders, bids, leases and the market's rules from the wire. All of them throw <see cref="MalformedWireException"/> for what cannot be represented.</summary>
internal static class WireMarket
{
    public static Order ToOrder(WireOrder? wire)
    {
        if (wire is null) throw new MalformedWireException("the order is missing");
        var state = wire.State switch
        {
            WireOrder.Types.State.Open => OrderState.Open,
            WireOrder.Types.State.Active => OrderState.Active,
            WireOrder.Types.State.Closed => OrderState.Closed,
            _ => throw UnknownState("order", (int)wire.State),
        };
        return new(WireIds.ToOrderId(wire.Id), state, WireGroups.ToSpec(wire.Spec), new(wire.CreatedAt), MinWindow(wire));
    }

    public static Bid ToBid(WireBid? wire)
    {
        if (wire is null) throw new MalformedWireException("the bid is missing");
        return new(WireIds.ToBidId(wire.Id), ToState(wire.State), WireCoins.ToRate(wire.Price, "bid price"), new(wire.CreatedAt), WireTime.ToSpan(wire.ReclamationWindow, "reclamation window"));
    }

    public static BidState ToState(WireBid.Types.State state) => state switch
    {
        WireBid.Types.State.Open => BidState.Open,
        WireBid.Types.State.Active => BidState.Active,
        WireBid.Types.State.Lost => BidState.Lost,
        WireBid.Types.State.Closed => BidState.Closed,
        _ => throw UnknownState("bid", (int)state),
    };

    public static Lease ToLease(WireLease? wire)
    {
        if (wire is null) throw new MalformedWireException("the lease is missing");
        var state = wire.State switch
        {
            WireLease.Types.State.Active => LeaseState.Active,
            WireLease.Types.State.Reclaiming => LeaseState.Reclaiming,
            WireLease.Types.State.InsufficientFunds => LeaseState.InsufficientFunds,
            WireLease.Types.State.Closed => LeaseState.Closed,
            _ => throw UnknownState("lease", (int)wire.State),
        };
        return new(
            WireIds.ToLeaseId(wire.Id),
            state,
            WireCoins.ToRate(wire.Price, "lease price"),
            new(wire.CreatedAt),
            wire.ClosedOn > 0 ? new MarketTick(wire.ClosedOn) : null,
            LeaseReasons.FromWire(wire.Reason),
            ToReclaim(wire.Reclamation));
    }

    /// <remarks>
    /// The chain refuses a bid once more than its limit exist, so one more than the limit fit; the market's vocabulary names the
    /// number that fits. The older single deposit counts only where the list is empty.
    /// </remarks>
    public static MarketParameters ToParameters(WireParams? wire)
    {
        if (wire is null) throw new MalformedWireException("the parameters are missing");
        var deposits = wire.BidMinDeposits.Count > 0
            ? wire.BidMinDeposits.Select(coin => WireCoins.ToCoin(coin, "bid deposit")).ToValueList()
            : [WireCoins.ToCoin(wire.BidMinDeposit, "bid deposit")];
        var min = WireTime.ToSpan(wire.MinReclamationWindow, "shortest reclamation window");
        var max = WireTime.ToSpan(wire.MaxReclamationWindow, "longest reclamation window");
        return new(
            deposits,
            WireInteger.ToInt(Math.Min(wire.OrderMaxBids, int.MaxValue - 1) + 1, "number of bids"),
            max > TimeSpan.Zero ? (min ?? TimeSpan.Zero, max.Value) : null);
    }

    private static TimeSpan? MinWindow(WireOrder wire) => WireTime.ToSpan(wire.Reclamation?.MinWindow, "reclamation window");

    private static LeaseReclaim? ToReclaim(WireReclamation? wire) => wire is null
        ? null
        : new(
            WireTime.ToSpan(wire.Window, "reclamation window") ?? TimeSpan.Zero,
            wire.Deadline > 0 ? WireTime.ToMoment(wire.Deadline, "reclamation deadline") : null);

    private static MalformedWireException UnknownState(string what, int state) => new($"{what} state {state} is not known");
}
