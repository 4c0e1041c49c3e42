using System.Runtime.CompilerServices;

namespace ProviderAgent.Marketplace;

/// <summary>The market as a watched loop reaches it: the time of every call counts as the market's, not as the loop's.</summary>
public sealed class WatchedMarketplace(IMarketplace inner, LoopWatch watch) : IMarketplace
{
    /// <inheritdoc/>
    public AccountAddress Account => inner.Account;

    /// <inheritdoc/>
    public MarketClock Clock => inner.Clock;

    /// <inheritdoc/>
    public MarketHealth Health => inner.Health;

    /// <inheritdoc/>
    public Task<MarketTick> GetTickAsync(CancellationToken ct) => watch.OutsideAsync(() => inner.GetTickAsync(ct));

    /// <inheritdoc/>
    public Task<MarketParameters> GetParametersAsync(CancellationToken ct) => watch.OutsideAsync(() => inner.GetParametersAsync(ct));

    /// <inheritdoc/>
    public Task<Order?> FindOrderAsync(OrderId id, CancellationToken ct) => watch.OutsideAsync(() => inner.FindOrderAsync(id, ct));

    /// <inheritdoc/>
    public IAsyncEnumerable<Order> ListOpenOrdersAsync(CancellationToken ct) => EachAsync(inner.ListOpenOrdersAsync(ct), ct);

    /// <inheritdoc/>
    public Task<Bid?> FindBidAsync(BidId id, CancellationToken ct) => watch.OutsideAsync(() => inner.FindBidAsync(id, ct));

    /// <inheritdoc/>
    public Task<int> CountBidsAsync(OrderId id, CancellationToken ct) => watch.OutsideAsync(() => inner.CountBidsAsync(id, ct));

    /// <inheritdoc/>
    public IAsyncEnumerable<Bid> ListOwnBidsAsync(BidState state, CancellationToken ct) => EachAsync(inner.ListOwnBidsAsync(state, ct), ct);

    /// <inheritdoc/>
    public Task<LeaseAccount?> FindLeaseAsync(LeaseId id, CancellationToken ct) => watch.OutsideAsync(() => inner.FindLeaseAsync(id, ct));

    /// <inheritdoc/>
    public IAsyncEnumerable<LeaseAccount> ListOwnLeasesAsync(LeaseState state, CancellationToken ct) => EachAsync(inner.ListOwnLeasesAsync(state, ct), ct);

    /// <inheritdoc/>
    public Task<Deployment?> FindDeploymentAsync(DeploymentId id, CancellationToken ct) => watch.OutsideAsync(() => inner.FindDeploymentAsync(id, ct));

    /// <inheritdoc/>
    public Task<ProviderRecord?> FindProviderAsync(AccountAddress account, CancellationToken ct) => watch.OutsideAsync(() => inner.FindProviderAsync(account, ct));

    /// <inheritdoc/>
    public Task<IReadOnlyList<AuditRecord>> ListAuditsAsync(AccountAddress provider, CancellationToken ct) => watch.OutsideAsync(() => inner.ListAuditsAsync(provider, ct));

    /// <inheritdoc/>
    public Task<CertificateRecord?> FindCertificateAsync(AccountAddress owner, string serial, CancellationToken ct) =>
        watch.OutsideAsync(() => inner.FindCertificateAsync(owner, serial, ct));

    /// <inheritdoc/>
    public Task<byte[]?> FindPublicKeyAsync(AccountAddress account, CancellationToken ct) => watch.OutsideAsync(() => inner.FindPublicKeyAsync(account, ct));

    /// <inheritdoc/>
    public Task<Coin> GetBalanceAsync(AccountAddress account, Denom denom, CancellationToken ct) => watch.OutsideAsync(() => inner.GetBalanceAsync(account, denom, ct));

    /// <inheritdoc/>
    public Task<ActionOutcome> SubmitAsync(MarketAction action, CancellationToken ct) => watch.OutsideAsync(() => inner.SubmitAsync(action, ct));

    /// <inheritdoc/>
    public Task SettleAsync(CancellationToken ct) => watch.OutsideAsync(() => inner.SettleAsync(ct));

    /// <inheritdoc/>
    public IAsyncEnumerable<MarketEventBatch> FollowAsync(MarketPosition? after, CancellationToken ct) => EachAsync(inner.FollowAsync(after, ct), ct);

    private async IAsyncEnumerable<T> EachAsync<T>(IAsyncEnumerable<T> items, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var item = items.GetAsyncEnumerator(ct);
        while (await watch.OutsideAsync(() => item.MoveNextAsync().AsTask()).ConfigureAwait(false)) yield return item.Current;
    }
}
