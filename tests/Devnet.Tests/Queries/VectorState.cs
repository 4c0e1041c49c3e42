using Google.Protobuf;
using ProviderAgent.Chain.Mapping;
using ProviderAgent.Devnet.Genesis;
using ProviderAgent.Devnet.State;
using ProviderAgent.Devnet.State.Rows;
using ProviderAgent.Devnet.Tests.Harness;
using ProviderAgent.Devnet.Wires;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Tests.Queries;

/// <summary>A state in which the facts of an answer are true.</summary>
internal static class VectorState
{
    public static ChainState From(IMessage answer) => From(GenesisState.Build(TestChain.DefaultGenesis()), answer);

    private static ChainState From(ChainState state, IMessage answer) => answer switch
    {
        Wire.Market.V1Beta5.QueryOrdersResponse list => list.Orders.Aggregate(state, With),
        Wire.Market.V1Beta5.QueryOrderResponse one => With(state, one.Order),
        Wire.Market.V1Beta5.QueryBidsResponse list => list.Bids.Aggregate(state, From),
        Wire.Market.V1Beta5.QueryBidResponse one => With(With(state, one.Bid), one.EscrowAccount),
        Wire.Market.V1Beta5.QueryLeasesResponse list => list.Leases.Aggregate(state, From),
        Wire.Market.V1Beta5.QueryLeaseResponse one => With(With(state, one.Lease), one.EscrowPayment),
        Wire.Market.V1Beta5.QueryParamsResponse => state,
        Wire.Deployment.V1Beta4.QueryGroupResponse one => With(state, one.Group),
        Wire.Deployment.V1Beta4.QueryDeploymentResponse one => one.Groups.Aggregate(With(With(state, one.Deployment), one.EscrowAccount), With),
        Wire.Provider.QueryProviderResponse one => state with { Providers = state.Providers.Set(Address(one.Provider.Owner), new(Address(one.Provider.Owner), one.Provider)) },
        Wire.Audit.QueryProvidersResponse list => list.Providers.Aggregate(state, With),
        Wire.Escrow.V1.QueryAccountsResponse list => list.Accounts.Aggregate(state, With),
        Wire.Escrow.V1.QueryPaymentsResponse list => list.Payments.Aggregate(state, With),
        _ => throw new NotSupportedException(answer.Descriptor.FullName),
    };

    public static ChainState With(ChainState state, AccountRow account) => state with { Accounts = state.Accounts.Set(account.Address, account) };

    public static AccountAddress Address(string text) => AccountAddress.Parse(text);

    private static ChainState With(ChainState state, Wire.Market.V1Beta5.Order order)
    {
        var id = WireIds.ToOrderId(order.Id);
        return state with { Orders = state.Orders.Set(id, new(id, order.State, order.Spec, order.CreatedAt, order.Reclamation?.MinWindow)) };
    }

    private static ChainState With(ChainState state, Wire.Market.V1Beta5.Bid bid)
    {
        var id = WireIds.ToBidId(bid.Id);
        return state with { Bids = state.Bids.Set(id, new(id, bid.State, Price(bid.Price), bid.CreatedAt, bid.ResourcesOffer.ToValueList(), bid.ReclamationWindow)) };
    }

    private static ChainState With(ChainState state, Wire.Market.V1.Lease lease)
    {
        var id = WireIds.ToLeaseId(lease.Id);
        var notice = lease.Reclamation is { } given ? new LeaseNotice(given.Window, given.StartedAt, given.Deadline, given.Reason) : null;
        return state with { Leases = state.Leases.Set(id, new(id, lease.State, Price(lease.Price), lease.CreatedAt, lease.ClosedOn, lease.Reason, notice)) };
    }

    private static ChainState With(ChainState state, Wire.Deployment.V1.Deployment deployment)
    {
        var id = WireIds.ToDeploymentId(deployment.Id);
        return state with { Deployments = state.Deployments.Set(id, new(id, deployment.State, deployment.Hash, deployment.CreatedAt, deployment.Reclamation?.MinWindow)) };
    }

    private static ChainState With(ChainState state, Wire.Deployment.V1Beta4.Group group)
    {
        var id = WireIds.ToGroupId(group.Id);
        return state with { Groups = state.Groups.Set(id, new(id, group.State, group.GroupSpec, group.CreatedAt)) };
    }

    private static ChainState With(ChainState state, Wire.Audit.AuditedProvider audit)
    {
        var id = new AuditId(Address(audit.Owner), Address(audit.Auditor));
        return state with { Audits = state.Audits.Set(id, new(id, WireAttributes.Read(audit.Attributes))) };
    }

    private static ChainState With(ChainState state, Wire.Escrow.Types.Account? account)
    {
        if (account is null) return state;
        var id = new EscrowAccountId(account.Id.Scope, account.Id.Xid);
        var row = new EscrowAccountRow(
            id,
            Address(account.State.Owner),
            account.State.State,
            account.State.SettledAt,
            account.State.Funds.Select(funds => Price(new() { Denom = funds.Denom, Amount = funds.Amount })).ToValueList(),
            account.State.Transferred.Select(Price).ToValueList(),
            account.State.Deposits.Select(deposit => new EscrowDeposit(Address(deposit.Owner), deposit.Height, deposit.Source, Price(deposit.Balance))).ToValueList());
        return state with { EscrowAccounts = state.EscrowAccounts.Set(id, row) };
    }

    private static ChainState With(ChainState state, Wire.Escrow.Types.Payment? payment)
    {
        if (payment is null) return state;
        var id = new EscrowPaymentId(LeaseId.Parse($"{payment.Id.Aid.Xid}/{payment.Id.Xid}"));
        Assert.True(ChainCoin.TryRead(payment.State.Withdrawn, out var withdrawn));
        var row = new EscrowPaymentRow(
            id,
            Address(payment.State.Owner),
            payment.State.State,
            Price(payment.State.Rate),
            Price(payment.State.Balance).Amount,
            Price(payment.State.Unsettled).Amount,
            withdrawn);
        return state with { EscrowPayments = state.EscrowPayments.Set(id, row) };
    }

    private static ChainPrice Price(Wire.Base.DecCoin wire)
    {
        Assert.True(ChainPrice.TryRead(wire, out var price));
        return price;
    }
}
