namespace ProviderAgent.Marketplace;

/// <summary>The one seam to any market. Everything that a provider knows of and does on the chain goes through here.</summary>
/// <remarks>
/// All members are safe to call concurrently. Every call has a deadline of its own and throws
/// <see cref="MarketUnavailableException"/> when the market cannot be asked; a null or empty answer always means that the market
/// said so.
/// </remarks>
public interface IMarketplace : IMarketQueries, IMarketActions, IMarketEvents
{
    /// <summary>The account that this provider acts as.</summary>
    AccountAddress Account { get; }

    /// <summary>How fast the market's clock runs; measured when enough of it was seen, else the market's nominal value.</summary>
    MarketClock Clock { get; }

    /// <summary>What is known without asking anybody: never blocks, never throws.</summary>
    MarketHealth Health { get; }
}

/// <summary>Reading the market.</summary>
public interface IMarketQueries
{
    /// <summary>The market's time now.</summary>
    Task<MarketTick> GetTickAsync(CancellationToken ct);

    Task<MarketParameters> GetParametersAsync(CancellationToken ct);

    Task<Order?> FindOrderAsync(OrderId id, CancellationToken ct);

    /// <summary>All open orders, in pages; the set may change while it is read.</summary>
    IAsyncEnumerable<Order> ListOpenOrdersAsync(CancellationToken ct);

    Task<Bid?> FindBidAsync(BidId id, CancellationToken ct);

    /// <summary>How many bids the market counts against <see cref="MarketParameters.MaxBidsPerOrder"/>.</summary>
    Task<int> CountBidsAsync(OrderId id, CancellationToken ct);

    /// <summary>This provider's bids in one state.</summary>
    IAsyncEnumerable<Bid> ListOwnBidsAsync(BidState state, CancellationToken ct);

    Task<LeaseAccount?> FindLeaseAsync(LeaseId id, CancellationToken ct);

    /// <summary>This provider's leases in one state. Running ones are the active and, apart, the reclaiming ones.</summary>
    IAsyncEnumerable<LeaseAccount> ListOwnLeasesAsync(LeaseState state, CancellationToken ct);

    Task<Deployment?> FindDeploymentAsync(DeploymentId id, CancellationToken ct);

    Task<ProviderRecord?> FindProviderAsync(AccountAddress account, CancellationToken ct);

    /// <summary>What auditors have signed about a provider.</summary>
    Task<IReadOnlyList<AuditRecord>> ListAuditsAsync(AccountAddress provider, CancellationToken ct);

    Task<CertificateRecord?> FindCertificateAsync(AccountAddress owner, string serial, CancellationToken ct);

    /// <summary>Public key of an account, in the market's own encoding; null until the account has signed its first transaction.</summary>
    Task<byte[]?> FindPublicKeyAsync(AccountAddress account, CancellationToken ct);

    Task<Coin> GetBalanceAsync(AccountAddress account, Denom denom, CancellationToken ct);
}

/// <summary>Acting on the market as this provider.</summary>
public interface IMarketActions
{
    /// <summary>Sends the action and waits until it is known to be included or refused.</summary>
    /// <remarks>
    /// What was handed over before a crash is settled before anything new is sent; see <see cref="SettleAsync"/>. Cancelling the
    /// token stops the waiting, not the action.
    /// </remarks>
    Task<ActionOutcome> SubmitAsync(MarketAction action, CancellationToken ct);

    /// <summary>Completes when no transaction of an earlier run of this process is left whose outcome is unknown.</summary>
    Task SettleAsync(CancellationToken ct);
}

/// <summary>Following the market.</summary>
public interface IMarketEvents
{
    /// <summary>Batches after <paramref name="after"/>, one per tick, in order, without end. Null starts at the present.</summary>
    /// <remarks>Survives lost connections by itself. Ends only with the token.</remarks>
    IAsyncEnumerable<MarketEventBatch> FollowAsync(MarketPosition? after, CancellationToken ct);
}

/// <summary>What this process last saw of the market.</summary>
/// <param name="IsReachable">At least one endpoint answers and keeps up.</param>
/// <param name="Network">Name of the network; empty until it was seen once.</param>
/// <param name="Tick">Latest tick seen; null before the first.</param>
/// <param name="TickTime">Wall time of that tick.</param>
/// <param name="Detail">One line for people, with the fix when something is wrong.</param>
public sealed record MarketHealth(bool IsReachable, string Network, MarketTick? Tick, DateTimeOffset? TickTime, string Detail);
