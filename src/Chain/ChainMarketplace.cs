using ProviderAgent.Chain.Endpoints;
using ProviderAgent.Chain.Following;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Queries;
using ProviderAgent.Chain.Sending;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain;

/// <summary>The market as it is today: the Akash chain.</summary>
/// <remarks>Sending and following need the hosted services of this room to run; reading does not.</remarks>
internal sealed class ChainMarketplace(
    ISigner signer, ChainQueries queries, TxSender sender, BlockFollower follower, HeadWatcher heads, EndpointPool pool, TickMeter meter, TimeProvider time) : IMarketplace
{
    // A latest block older than this by our own clock means a node at rest, or a clock that is wrong.
    private static readonly TimeSpan OldBlock = TimeSpan.FromMinutes(5);

    public AccountAddress Account => signer.Address;

    public MarketClock Clock => meter.Clock;

    public MarketHealth Health
    {
        get
        {
            var (endpoint, head) = (pool.Current, heads.Head);
            if (endpoint.State.Fault is { } fault) return Sick(head, fault);
            if (head is null) return Sick(null, $"no block was seen yet; {endpoint} is asked");
            var waiting = heads.SinceLastBlock;
            if (waiting > heads.StallLimit * 2)
            {
                return Sick(head, $"no new block for {(long)waiting.TotalSeconds} s from any endpoint: the chain is at rest, or all endpoints are stuck");
            }

            var age = time.GetUtcNow() - head.Time;
            if (age - waiting > OldBlock)
            {
                return Sick(head, $"the latest block is {(long)age.TotalSeconds} s old by this machine's clock: {endpoint} is behind, or the clock is wrong (check time synchronisation)");
            }

            return new(true, pool.Network, new(head.Height), head.Time, $"block {head.Height} of {pool.Network} from {endpoint}");
        }
    }

    public Task<MarketTick> GetTickAsync(CancellationToken ct) => queries.GetTickAsync(ct);

    public Task<MarketParameters> GetParametersAsync(CancellationToken ct) => queries.GetParametersAsync(ct);

    public Task<Order?> FindOrderAsync(OrderId id, CancellationToken ct) => queries.FindOrderAsync(id, ct);

    public IAsyncEnumerable<Order> ListOpenOrdersAsync(CancellationToken ct) => queries.ListOpenOrdersAsync(ct);

    public Task<Bid?> FindBidAsync(BidId id, CancellationToken ct) => queries.FindBidAsync(id, ct);

    public Task<int> CountBidsAsync(OrderId id, CancellationToken ct) => queries.CountBidsAsync(id, ct);

    public IAsyncEnumerable<Bid> ListOwnBidsAsync(BidState state, CancellationToken ct) => queries.ListOwnBidsAsync(state, ct);

    public Task<LeaseAccount?> FindLeaseAsync(LeaseId id, CancellationToken ct) => queries.FindLeaseAsync(id, ct);

    public IAsyncEnumerable<LeaseAccount> ListOwnLeasesAsync(LeaseState state, CancellationToken ct) => queries.ListOwnLeasesAsync(state, ct);

    public Task<Deployment?> FindDeploymentAsync(DeploymentId id, CancellationToken ct) => queries.FindDeploymentAsync(id, ct);

    public Task<ProviderRecord?> FindProviderAsync(AccountAddress account, CancellationToken ct) => queries.FindProviderAsync(account, ct);

    public Task<IReadOnlyList<AuditRecord>> ListAuditsAsync(AccountAddress provider, CancellationToken ct) => queries.ListAuditsAsync(provider, ct);

    public Task<CertificateRecord?> FindCertificateAsync(AccountAddress owner, string serial, CancellationToken ct) => queries.FindCertificateAsync(owner, serial, ct);

    public Task<byte[]?> FindPublicKeyAsync(AccountAddress account, CancellationToken ct) => queries.FindPublicKeyAsync(account, ct);

    public Task<Coin> GetBalanceAsync(AccountAddress account, Denom denom, CancellationToken ct) => queries.GetBalanceAsync(account, denom, ct);

    public Task<ActionOutcome> SubmitAsync(MarketAction action, CancellationToken ct) => sender.SubmitAsync(action, ct);

    public Task SettleAsync(CancellationToken ct) => sender.SettleAsync(ct);

    public IAsyncEnumerable<MarketEventBatch> FollowAsync(MarketPosition? after, CancellationToken ct) => follower.FollowAsync(after, ct);

    private MarketHealth Sick(ChainHead? head, string detail) =>
        new(false, pool.Network, head is null ? null : new MarketTick(head.Height), head?.Time, detail);
}
