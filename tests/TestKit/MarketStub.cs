using ProviderAgent.Marketplace;

namespace ProviderAgent.TestKit;

/// <summary>A market that answers nothing. A test overrides what its subject asks for; any other question fails the test.</summary>
public abstract class MarketStub : IMarketplace
{
    public abstract AccountAddress Account { get; }

    public virtual MarketClock Clock => new(Decimal18.FromInteger(429_909));

    public virtual MarketHealth Health => new(true, "stub", null, null, "");

    public virtual Task<MarketTick> GetTickAsync(CancellationToken ct) => throw Unexpected();

    public virtual Task<MarketParameters> GetParametersAsync(CancellationToken ct) => throw Unexpected();

    public virtual Task<Order?> FindOrderAsync(OrderId id, CancellationToken ct) => throw Unexpected();

    public virtual IAsyncEnumerable<Order> ListOpenOrdersAsync(CancellationToken ct) => throw Unexpected();

    public virtual Task<Bid?> FindBidAsync(BidId id, CancellationToken ct) => throw Unexpected();

    public virtual Task<int> CountBidsAsync(OrderId id, CancellationToken ct) => throw Unexpected();

    public virtual IAsyncEnumerable<Bid> ListOwnBidsAsync(BidState state, CancellationToken ct) => throw Unexpected();

    public virtual Task<LeaseAccount?> FindLeaseAsync(LeaseId id, CancellationToken ct) => throw Unexpected();

    public virtual IAsyncEnumerable<LeaseAccount> ListOwnLeasesAsync(LeaseState state, CancellationToken ct) => throw Unexpected();

    public virtual Task<Deployment?> FindDeploymentAsync(DeploymentId id, CancellationToken ct) => throw Unexpected();

    public virtual Task<ProviderRecord?> FindProviderAsync(AccountAddress account, CancellationToken ct) => throw Unexpected();

    public virtual Task<IReadOnlyList<AuditRecord>> ListAuditsAsync(AccountAddress provider, CancellationToken ct) => throw Unexpected();

    public virtual Task<CertificateRecord?> FindCertificateAsync(AccountAddress owner, string serial, CancellationToken ct) => throw Unexpected();

    public virtual Task<byte[]?> FindPublicKeyAsync(AccountAddress account, CancellationToken ct) => throw Unexpected();

    public virtual Task<Coin> GetBalanceAsync(AccountAddress account, Denom denom, CancellationToken ct) => throw Unexpected();

    public virtual Task<ActionOutcome> SubmitAsync(MarketAction action, CancellationToken ct) => throw Unexpected();

    public virtual Task SettleAsync(CancellationToken ct) => throw Unexpected();

    public virtual IAsyncEnumerable<MarketEventBatch> FollowAsync(MarketPosition? after, CancellationToken ct) => throw Unexpected();

    private NotSupportedException Unexpected([System.Runtime.CompilerServices.CallerMemberName] string member = "") =>
        new($"{GetType().Name} was asked for {member}, which this test does not provide");
}
