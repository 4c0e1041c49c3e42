using System.Globalization;
using Google.Protobuf;
using ProviderAgent.Chain.Mapping;
using ProviderAgent.Devnet.Wires;
using ProviderAgent.Marketplace;
using MarketWire = ProviderAgent.Chain.Wire.Market.V1Beta5;

namespace ProviderAgent.Devnet.Tenant.Node;

/// <summary>What a tenant reads off the chain.</summary>
internal sealed class MarketReader(NodeClient node)
{
    // Far more than a tenant has; a list that goes on beyond it is a fault, not a reason to read for ever.
    private const int MaxPages = 1_000;

    public async Task<long> HeightAsync(CancellationToken ct)
    {
        var status = await Guarded(() => node.CallAsync("status", [], ct));
        return long.TryParse(status["sync_info"]?["latest_block_height"]?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var height) && height > 0
            ? height
            : throw new TenantException(TenantFailure.NodeUnavailable, "the node has no block yet");
    }

    /// <returns>Null when the chain has no such deployment.</returns>
    public Task<Wire.Deployment.V1Beta4.QueryDeploymentResponse?> FindDeploymentAsync(DeploymentId id, CancellationToken ct) => Guarded(() => node.FindAsync(
        "/akash.deployment.v1beta4.Query/Deployment",
        new Wire.Deployment.V1Beta4.QueryDeploymentRequest { Id = WireIds.ToWire(id) },
        Wire.Deployment.V1Beta4.QueryDeploymentResponse.Parser,
        ct));

    public async Task<Wire.Deployment.V1Beta4.QueryDeploymentResponse> GetDeploymentAsync(DeploymentId id, CancellationToken ct) =>
        await FindDeploymentAsync(id, ct) ?? throw new TenantException(TenantFailure.NotFound, $"deployment {id} is not on the chain");

    public async Task<IReadOnlyList<MarketWire.Bid>> BidsAsync(DeploymentId id, CancellationToken ct)
    {
        var filters = new MarketWire.BidFilters { Owner = id.Owner.Value, Dseq = id.Dseq };
        return await PagesAsync(async key =>
        {
            var request = new MarketWire.QueryBidsRequest { Filters = filters, Pagination = new() { Key = key } };
            var answer = await node.GetAsync("/akash.market.v1beta5.Query/Bids", request, MarketWire.QueryBidsResponse.Parser, "the list of bids", ct);
            return (answer.Bids.Select(bid => bid.Bid), answer.Pagination?.NextKey);
        });
    }

    /// <summary>Leases whose workload is to run, reclaiming ones included.</summary>
    public async Task<IReadOnlyList<LeaseId>> RunningLeasesAsync(DeploymentId id, CancellationToken ct)
    {
        var filters = new Wire.Market.V1.LeaseFilters { Owner = id.Owner.Value, Dseq = id.Dseq };
        var leases = await PagesAsync(async key =>
        {
            var request = new MarketWire.QueryLeasesRequest { Filters = filters, Pagination = new() { Key = key } };
            var answer = await node.GetAsync("/akash.market.v1beta5.Query/Leases", request, MarketWire.QueryLeasesResponse.Parser, "the list of leases", ct);
            return (answer.Leases.Select(lease => lease.Lease), answer.Pagination?.NextKey);
        });
        return
        [
            .. leases.Where(lease => lease.State is Wire.Market.V1.Lease.Types.State.Active or Wire.Market.V1.Lease.Types.State.Reclaiming)
                .Select(lease => WireIds.ToLeaseId(lease.Id)),
        ];
    }

    public async Task<IReadOnlyList<Wire.Base.Coin>> BalancesAsync(AccountAddress account, CancellationToken ct) => await PagesAsync<Wire.Base.Coin>(async key =>
    {
        var request = new TenantWire.Bank.QueryAllBalancesRequest { Address = account.Value, Pagination = new() { Key = key } };
        var answer = await node.GetAsync("/cosmos.bank.v1beta1.Query/AllBalances", request, TenantWire.Bank.QueryAllBalancesResponse.Parser, "the account", ct);
        return (answer.Balances, answer.Pagination?.NextKey);
    });

    public async Task<Uri> HostUriAsync(AccountAddress provider, CancellationToken ct)
    {
        var answer = await Guarded(() => node.GetAsync(
            "/akash.provider.v1beta4.Query/Provider",
            new Wire.Provider.QueryProviderRequest { Owner = provider.Value },
            Wire.Provider.QueryProviderResponse.Parser,
            $"provider {provider}",
            ct));
        return Uri.TryCreate(answer.Provider.HostUri, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps
            ? uri
            : throw new TenantException(TenantFailure.NotFound, $"provider {provider} has no usable address on the chain: '{answer.Provider.HostUri}'");
    }

    /// <summary>The certificates that the provider has published and not revoked.</summary>
    public async Task<IReadOnlyList<Wire.Cert.CertificateResponse>> CertificatesAsync(AccountAddress provider, CancellationToken ct)
    {
        var filter = new Wire.Cert.CertificateFilter { Owner = provider.Value, State = WireEnums.NameOf(WireEnums.CertificateStates, (int)Wire.Cert.State.Valid) };
        return await PagesAsync<Wire.Cert.CertificateResponse>(async key =>
        {
            var request = new Wire.Cert.QueryCertificatesRequest { Filter = filter, Pagination = new() { Key = key } };
            var answer = await node.GetAsync("/akash.cert.v1.Query/Certificates", request, Wire.Cert.QueryCertificatesResponse.Parser, "the list of certificates", ct);
            return (answer.Certificates, answer.Pagination?.NextKey);
        });
    }

    private static async Task<IReadOnlyList<T>> PagesAsync<T>(Func<ByteString, Task<(IEnumerable<T> Items, ByteString? Next)>> read)
    {
        var all = new List<T>();
        var key = ByteString.Empty;
        for (var page = 0; page < MaxPages; page++)
        {
            var (items, next) = await Guarded(() => read(key));
            all.AddRange(items);
            if (next is null || next.IsEmpty) return all;
            key = next;
        }

        throw new TenantException(TenantFailure.NodeUnavailable, $"the node's list goes on after {MaxPages} pages");
    }

    private static async Task<T> Guarded<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (NodeErrorException e)
        {
            throw new TenantException(TenantFailure.NodeUnavailable, $"the node refuses a query: {e.Message}", e);
        }
    }
}
