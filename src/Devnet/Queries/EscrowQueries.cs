using Google.Protobuf;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Devnet.Wires;
using ProviderAgent.Marketplace;
using Escrow = ProviderAgent.Chain.Wire.Escrow.V1;
using WireScope = ProviderAgent.Chain.Wire.Escrow.Id.Scope;

namespace ProviderAgent.Devnet.Queries;

/// <summary>Escrow accounts and payments, found by the beginning of their id's text.</summary>
internal static class EscrowQueries
{
    private const string Service = "/akash.escrow.v1.Query/";

    public static IReadOnlyList<QueryMethod> Methods { get; } =
    [
        QueryMethod.Of(Service + "Accounts", Escrow.QueryAccountsRequest.Parser, Accounts),
        QueryMethod.Of(Service + "Payments", Escrow.QueryPaymentsRequest.Parser, Payments),
    ];

    private static IMessage Accounts(QueryContext context, Escrow.QueryAccountsRequest request)
    {
        var page = new StatePaging<EscrowAccountId, EscrowAccountRow>(
                context.State.EscrowAccounts, WireEnums.EscrowStates, EscrowAccountId.Order, row => row.Id, TryParse)
            .Read(request.Pagination, request.State, byId: false, row => row.Id.ToString().StartsWith(request.Xid, StringComparison.Ordinal));
        return new Escrow.QueryAccountsResponse { Accounts = { page.Rows.Select(row => row.ToWire()) }, Pagination = page.Info };
    }

    private static IMessage Payments(QueryContext context, Escrow.QueryPaymentsRequest request)
    {
        var page = new StatePaging<EscrowPaymentId, EscrowPaymentRow>(
                context.State.EscrowPayments, WireEnums.EscrowStates, EscrowPaymentId.Order, row => row.Id, TryParse)
            .Read(request.Pagination, request.State, byId: false, row => row.Id.ToString().StartsWith(request.Xid, StringComparison.Ordinal));
        return new Escrow.QueryPaymentsResponse { Payments = { page.Rows.Select(row => row.ToWire()) }, Pagination = page.Info };
    }

    private static bool TryParse(string text, out EscrowAccountId id)
    {
        var cut = text.IndexOf('/', StringComparison.Ordinal);
        var scope = cut < 0 ? default : text[..cut] switch { "deployment" => WireScope.Deployment, "bid" => WireScope.Bid, _ => default };
        id = new(scope, text[(cut + 1)..]);
        return scope != default;
    }

    private static bool TryParse(string text, out EscrowPaymentId id)
    {
        var ok = TryParse(text, out EscrowAccountId account)
            & LeaseId.TryParse(account.Xid, out var lease)
            & ChainAddress.IsValid(lease.Provider);
        id = new(lease);
        return ok;
    }
}
