using Google.Protobuf;
using ProviderAgent.Devnet.State;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Devnet.Wires;
using ProviderAgent.Marketplace;
using Market = ProviderAgent.Chain.Wire.Market.V1Beta5;

namespace ProviderAgent.Devnet.Queries;

/// <summary>Orders, bids and leases.</summary>
internal static class MarketQueries
{
    private const string Service = "/akash.market.v1beta5.Query/";

    public static IReadOnlyList<QueryMethod> Methods { get; } =
    [
        QueryMethod.Of(Service + "Orders", Market.QueryOrdersRequest.Parser, Orders),
        QueryMethod.Of(Service + "Order", Market.QueryOrderRequest.Parser, Order),
        QueryMethod.Of(Service + "Bids", Market.QueryBidsRequest.Parser, Bids),
        QueryMethod.Of(Service + "Bid", Market.QueryBidRequest.Parser, Bid),
        QueryMethod.Of(Service + "Leases", Market.QueryLeasesRequest.Parser, Leases),
        QueryMethod.Of(Service + "Lease", Market.QueryLeaseRequest.Parser, Lease),
        QueryMethod.Of(Service + "Params", context => new Market.QueryParamsResponse { Params = context.State.Parameters.ToMarketParams() }),
    ];

    private static IMessage Orders(QueryContext context, Market.QueryOrdersRequest request)
    {
        var filter = request.Filters ?? new();
        var page = new StatePaging<OrderId, OrderRow>(
                context.State.Orders, WireEnums.OrderStates, IdOrder.Orders, row => row.Id, (string text, out OrderId id) => OrderId.TryParse(text, out id))
            .Read(request.Pagination, filter.State, filter.Owner.Length > 0, row => Matches(row.Id, filter.Owner, filter.Dseq, filter.Gseq, filter.Oseq));
        return new Market.QueryOrdersResponse { Orders = { page.Rows.Select(row => row.ToWire()) }, Pagination = page.Info };
    }

    private static IMessage Order(QueryContext context, Market.QueryOrderRequest request)
    {
        var id = request.Id ?? new();
        var order = context.State.Orders.Find(new(QueryMethod.Address(id.Owner, "owner"), id.Dseq, id.Gseq, id.Oseq));
        return new Market.QueryOrderResponse { Order = (order ?? throw QueryException.NotFound("invalid order: order not found")).ToWire() };
    }

    private static IMessage Bids(QueryContext context, Market.QueryBidsRequest request)
    {
        var filter = request.Filters ?? new();
        var page = new StatePaging<BidId, BidRow>(
                context.State.Bids, WireEnums.BidStates, IdOrder.Bids, row => row.Id, (string text, out BidId id) => BidId.TryParse(text, out id))
            .Read(request.Pagination, filter.State, filter.Owner.Length > 0 || filter.Provider.Length > 0, row =>
                Matches(row.Id.Order, filter.Owner, filter.Dseq, filter.Gseq, filter.Oseq) && Matches(row.Id.Provider, filter.Provider, filter.Bseq));
        return new Market.QueryBidsResponse { Bids = { page.Rows.Select(row => Answer(context.State, row)) }, Pagination = page.Info };
    }

    private static IMessage Bid(QueryContext context, Market.QueryBidRequest request)
    {
        var id = request.Id ?? new();
        var order = new OrderId(QueryMethod.Address(id.Owner, "owner"), id.Dseq, id.Gseq, id.Oseq);
        var bid = id.Bseq == 0 ? context.State.Bids.Find(new(order, QueryMethod.Address(id.Provider, "provider"))) : null;
        return Answer(context.State, bid ?? throw QueryException.NotFound("invalid bid: bid not found"));
    }

    private static IMessage Leases(QueryContext context, Market.QueryLeasesRequest request)
    {
        var filter = request.Filters ?? new();
        var page = new StatePaging<LeaseId, LeaseRow>(
                context.State.Leases, WireEnums.LeaseStates, IdOrder.Leases, row => row.Id, (string text, out LeaseId id) => LeaseId.TryParse(text, out id))
            .Read(request.Pagination, filter.State, filter.Owner.Length > 0 || filter.Provider.Length > 0, row =>
                Matches(row.Id.Order, filter.Owner, filter.Dseq, filter.Gseq, filter.Oseq) && Matches(row.Id.Provider, filter.Provider, filter.Bseq));
        return new Market.QueryLeasesResponse { Leases = { page.Rows.Select(row => Answer(context.State, row)) }, Pagination = page.Info };
    }

    private static IMessage Lease(QueryContext context, Market.QueryLeaseRequest request)
    {
        var id = request.Id ?? new();
        var order = new OrderId(QueryMethod.Address(id.Owner, "owner"), id.Dseq, id.Gseq, id.Oseq);
        var lease = id.Bseq == 0 ? context.State.Leases.Find(new(order, QueryMethod.Address(id.Provider, "provider"))) : null;
        return Answer(context.State, lease ?? throw QueryException.NotFound("invalid lease: lease not found"));
    }

    private static Market.QueryBidResponse Answer(ChainState state, BidRow bid) =>
        new() { Bid = bid.ToWire(), EscrowAccount = state.EscrowAccounts.Find(EscrowAccountId.Of(bid.Id))?.ToWire() };

    private static Market.QueryLeaseResponse Answer(ChainState state, LeaseRow lease) =>
        new() { Lease = lease.ToWire(), EscrowPayment = state.EscrowPayments.Find(new(lease.Id))?.ToWire() };

    private static bool Matches(OrderId id, string owner, ulong dseq, uint gseq, uint oseq) =>
        (owner.Length == 0 || owner == id.Owner.Value)
        && (dseq == 0 || dseq == id.Dseq)
        && (gseq == 0 || gseq == id.Gseq)
        && (oseq == 0 || oseq == id.Oseq);

    // All bids have number 0, so a filter for another finds none.
    private static bool Matches(AccountAddress id, string provider, uint bseq) => (provider.Length == 0 || provider == id.Value) && bseq == 0;
}
