using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using ProviderAgent.Chain.Endpoints;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Mapping;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Chain.Rpc;
using ProviderAgent.Chain.Wire.Audit;
using ProviderAgent.Chain.Wire.Auth;
using ProviderAgent.Chain.Wire.Bank;
using ProviderAgent.Chain.Wire.Cert;
using ProviderAgent.Chain.Wire.Crypto;
using ProviderAgent.Chain.Wire.Deployment.V1Beta4;
using ProviderAgent.Chain.Wire.Market.V1;
using ProviderAgent.Chain.Wire.Market.V1Beta5;
using ProviderAgent.Chain.Wire.Provider;
using ProviderAgent.Marketplace;
using Bid = ProviderAgent.Marketplace.Bid;
using Lease = ProviderAgent.Marketplace.Lease;
using Order = ProviderAgent.Marketplace.Order;
using WireBidState = ProviderAgent.Chain.Wire.Market.V1Beta5.Bid.Types.State;

namespace ProviderAgent.Chain.Queries;

/// <summary>Reads the market by asking the chain's modules.</summary>
/// <remarks>
/// Anyone can post an order, so a single one that cannot be represented (numbers beyond 64 bits, several coins, missing parts) must
/// not spoil a list: it is left out, logged and counted. Looked up by its id it is a <see cref="MarketUnavailableException"/> that is
/// not transient. Own bids and leases are never left out: one that makes no sense fails the whole list.
/// </remarks>
internal sealed partial class ChainQueries(
    AbciReader reader, EndpointPool pool, Agreement agreement, ISigner signer, ChainMetrics metrics, ILogger<ChainQueries> log) : IMarketQueries
{
    private const string SecpKeyType = "/cosmos.crypto.secp256k1.PubKey";

    public async Task<MarketTick> GetTickAsync(CancellationToken ct)
    {
        try
        {
            var status = await pool.CheckAnyAsync(ct);
            return new(Math.Max(status.LatestHeight, pool.Floor));
        }
        catch (EndpointException e)
        {
            throw new MarketUnavailableException(e.Message, isTransient: e.Fault != EndpointFault.WrongNetwork, e);
        }
    }

    public Task<MarketParameters> GetParametersAsync(CancellationToken ct) => Checked("the market's parameters", async () =>
    {
        var answer = await reader.GetAsync(QueryPaths.MarketParams, new Wire.Market.V1Beta5.QueryParamsRequest(), Wire.Market.V1Beta5.QueryParamsResponse.Parser, ct);
        return WireMarket.ToParameters(answer.Params);
    });

    public Task<Order?> FindOrderAsync(OrderId id, CancellationToken ct) => Checked($"order {id}", async () =>
    {
        var answer = await reader.FindAsync(QueryPaths.Order, new QueryOrderRequest { Id = WireIds.ToWire(id) }, QueryOrderResponse.Parser, ct);
        return answer is null ? null : Same(id, WireMarket.ToOrder(answer.Order), order => order.Id);
    });

    public async IAsyncEnumerable<Order> ListOpenOrdersAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var filters = new OrderFilters { State = "open" };
        var pages = Pages.ReadAsync(
            (page, stop) => reader.GetAsync(QueryPaths.Orders, new QueryOrdersRequest { Filters = filters, Pagination = page }, QueryOrdersResponse.Parser, stop),
            answer => answer.Orders,
            answer => answer.Pagination,
            ct);
        await foreach (var wire in pages)
        {
            if (Representable(wire) is { } order) yield return order;
        }
    }

    public Task<Bid?> FindBidAsync(BidId id, CancellationToken ct) => Checked($"bid {id}", async () =>
    {
        var answer = await reader.FindAsync(QueryPaths.Bid, new QueryBidRequest { Id = WireIds.ToWire(id) }, QueryBidResponse.Parser, ct);
        return answer is null ? null : Same(id, WireMarket.ToBid(answer.Bid), bid => bid.Id);
    });

    /// <remarks>Bids in the states open, active and closed; lost ones make room again.</remarks>
    public async Task<int> CountBidsAsync(OrderId id, CancellationToken ct)
    {
        var filters = new BidFilters { Owner = id.Owner.Value, Dseq = id.Dseq, Gseq = id.Gseq, Oseq = id.Oseq };
        var count = 0;
        await foreach (var entry in Bids(filters, ct))
        {
            if (entry.Bid?.State is WireBidState.Open or WireBidState.Active or WireBidState.Closed) count++;
        }

        return count;
    }

    public async IAsyncEnumerable<Bid> ListOwnBidsAsync(BidState state, [EnumeratorCancellation] CancellationToken ct)
    {
        var filters = new BidFilters { Provider = signer.Address.Value, State = StateName(state) };
        await foreach (var entry in Bids(filters, ct))
        {
            var bid = await Checked("an own bid", () => Task.FromResult(WireMarket.ToBid(entry.Bid)));
            if (bid.Id.Provider == signer.Address) yield return bid;
        }
    }

    /// <summary>What the deposits of own open bids and of own leases lock up.</summary>
    /// <exception cref="MarketUnavailableException">The chain could not be asked.</exception>
    public async Task<long> SumOwnDepositsAsync(Denom denom, CancellationToken ct)
    {
        long sum = 0;
        foreach (var state in (BidState[])[BidState.Open, BidState.Active])
        {
            await foreach (var entry in Bids(new() { Provider = signer.Address.Value, State = StateName(state) }, ct))
            {
                sum += await Checked("the deposit of an own bid", () => Task.FromResult(WireEscrow.ToAccount(entry.EscrowAccount).Funds
                    .Where(funds => funds.Denom == denom)
                    .Sum(funds => (long)funds.Amount.Floor())));
            }
        }

        return sum;
    }

    public async Task<LeaseAccount?> FindLeaseAsync(LeaseId id, CancellationToken ct) =>
        await agreement.ReachAsync(
            $"lease {id}",
            (only, stop) => Checked($"lease {id}", async () =>
            {
                var answer = await reader.FindAsync(QueryPaths.Lease, new QueryLeaseRequest { Id = WireIds.ToWire(id) }, QueryLeaseResponse.Parser, stop, only);
                return answer is null ? null : Same(id, ToLeaseAccount(answer), account => account.Lease.Id);
            }),
            account => account is { Lease.IsRunning: true },
            ct);

    public async IAsyncEnumerable<LeaseAccount> ListOwnLeasesAsync(LeaseState state, [EnumeratorCancellation] CancellationToken ct)
    {
        var filters = new LeaseFilters { Provider = signer.Address.Value, State = StateName(state) };
        var pages = Pages.ReadAsync(
            (page, stop) => reader.GetAsync(QueryPaths.Leases, new QueryLeasesRequest { Filters = filters, Pagination = page }, QueryLeasesResponse.Parser, stop),
            answer => answer.Leases,
            answer => answer.Pagination,
            ct);
        await foreach (var entry in pages)
        {
            var account = await Checked("an own lease", () => Task.FromResult(ToLeaseAccount(entry)));
            if (account.Lease.Id.Provider == signer.Address) yield return account;
        }
    }

    public async Task<Deployment?> FindDeploymentAsync(DeploymentId id, CancellationToken ct) =>
        await agreement.ReachAsync(
            $"deployment {id}",
            (only, stop) => Checked($"deployment {id}", async () =>
            {
                var answer = await reader.FindAsync(QueryPaths.Deployment, new QueryDeploymentRequest { Id = WireIds.ToWire(id) }, QueryDeploymentResponse.Parser, stop, only);
                return answer is null ? null : Same(id, WireEscrow.ToDeployment(answer), deployment => deployment.Id);
            }),
            deployment => deployment is { IsActive: true },
            ct);

    public Task<ProviderRecord?> FindProviderAsync(AccountAddress account, CancellationToken ct) => Checked($"provider {account}", async () =>
    {
        var answer = await reader.FindAsync(QueryPaths.Provider, new QueryProviderRequest { Owner = account.Value }, QueryProviderResponse.Parser, ct);
        return answer is null ? null : WireProviders.ToRecord(answer.Provider);
    });

    public Task<IReadOnlyList<AuditRecord>> ListAuditsAsync(AccountAddress provider, CancellationToken ct) => Checked<IReadOnlyList<AuditRecord>>($"audits of {provider}", async () =>
    {
        var answer = await reader.FindAsync(QueryPaths.ProviderAudits, new QueryProviderAttributesRequest { Owner = provider.Value }, QueryProvidersResponse.Parser, ct);
        return answer is null ? [] : [.. answer.Providers.Select(WireProviders.ToAudit).Where(audit => audit.Provider == provider)];
    });

    public Task<CertificateRecord?> FindCertificateAsync(AccountAddress owner, string serial, CancellationToken ct) => Checked($"certificate {serial} of {owner}", async () =>
    {
        var request = new QueryCertificatesRequest { Filter = new() { Owner = owner.Value, Serial = serial } };
        var answer = await reader.FindAsync(QueryPaths.Certificates, request, QueryCertificatesResponse.Parser, ct);
        var found = answer?.Certificates.FirstOrDefault(certificate => certificate.Serial == serial);
        return found is null ? null : WireProviders.ToCertificate(owner, found);
    });

    /// <returns>33 bytes, compressed; null too for accounts whose key is of another kind, which cannot sign for anything here.</returns>
    public Task<byte[]?> FindPublicKeyAsync(AccountAddress account, CancellationToken ct) => Checked($"account {account}", async () =>
    {
        var answer = await reader.FindAsync(QueryPaths.AccountInfo, new QueryAccountInfoRequest { Address = account.Value }, QueryAccountInfoResponse.Parser, ct);
        if (answer?.Info?.PubKey is not { TypeUrl: SecpKeyType } packed) return null;
        var key = PubKey.Parser.ParseFrom(packed.Value).Key.ToByteArray();
        return Secp256k1PublicKey.TryParse(key, out var parsed) && parsed?.Address == account
            ? key
            : throw new MalformedWireException("its public key belongs to another address");
    });

    public Task<Coin> GetBalanceAsync(AccountAddress account, Denom denom, CancellationToken ct) => Checked($"balance of {account}", async () =>
    {
        var answer = await reader.GetAsync(QueryPaths.Balance, new QueryBalanceRequest { Address = account.Value, Denom = denom.Value }, QueryBalanceResponse.Parser, ct);
        return Same(denom, WireCoins.ToCoin(answer.Balance, "balance"), coin => coin.Denom);
    });

    private static LeaseAccount ToLeaseAccount(QueryLeaseResponse answer)
    {
        Lease lease = WireMarket.ToLease(answer.Lease);
        return new(lease, WireEscrow.ToPayment(lease.Id, answer.EscrowPayment));
    }

    private static string StateName(BidState state) => state.ToString().ToLowerInvariant();

    private static string StateName(LeaseState state) => state == LeaseState.InsufficientFunds ? "insufficient_funds" : state.ToString().ToLowerInvariant();

    private static T Same<T, TKey>(TKey asked, T answer, Func<T, TKey> key)
        where TKey : IEquatable<TKey> =>
        key(answer).Equals(asked) ? answer : throw new MalformedWireException($"the answer is about {key(answer)}");

    private static async Task<T> Checked<T>(string what, Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (e is MalformedWireException or Google.Protobuf.InvalidProtocolBufferException)
        {
            throw new MarketUnavailableException($"{what} cannot be represented: {e.Message}", isTransient: false, e);
        }
    }

    private IAsyncEnumerable<QueryBidResponse> Bids(BidFilters filters, CancellationToken ct) => Pages.ReadAsync(
        (page, stop) => reader.GetAsync(QueryPaths.Bids, new QueryBidsRequest { Filters = filters, Pagination = page }, QueryBidsResponse.Parser, stop),
        answer => answer.Bids,
        answer => answer.Pagination,
        ct);

    private Order? Representable(Wire.Market.V1Beta5.Order wire)
    {
        try
        {
            return WireMarket.ToOrder(wire);
        }
        catch (MalformedWireException e)
        {
            metrics.OrderMalformed();
            Log.OrderLeftOut(log, WireText.Shorten(wire.Id?.ToString()), e.Message);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1030, LogLevel.Information, "Order {Order} is left out, it cannot be bid on: {Cause}", EventName = "OrderLeftOut")]
        public static partial void OrderLeftOut(ILogger logger, string order, string cause);
    }
}
