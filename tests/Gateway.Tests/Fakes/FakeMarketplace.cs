using System.Collections.Concurrent;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway.Tests.Fakes;

/// <summary>A market that knows keys and deployments, counts what it is asked, and can be taken down.</summary>
internal sealed class FakeMarketplace(AccountAddress account) : IMarketplace
{
    private int _keyQuestions;
    private int _deploymentQuestions;

    public AccountAddress Account => account;

    public MarketClock Clock => MarketClock.FromTickLength(TimeSpan.FromSeconds(6));

    public MarketHealth Health => new(!IsDown, "test", null, null, "");

    public bool IsDown { get; set; }

    /// <summary>When set, every question waits for it.</summary>
    public Task? Answering { get; set; }

    public ConcurrentDictionary<AccountAddress, byte[]> Keys { get; } = new();

    public ConcurrentDictionary<DeploymentId, Deployment> Deployments { get; } = new();

    public int KeyQuestions => _keyQuestions;

    public int DeploymentQuestions => _deploymentQuestions;

    public async Task<byte[]?> FindPublicKeyAsync(AccountAddress account, CancellationToken ct)
    {
        Interlocked.Increment(ref _keyQuestions);
        await AnswerAsync(ct);
        return Keys.GetValueOrDefault(account);
    }

    public async Task<Deployment?> FindDeploymentAsync(DeploymentId id, CancellationToken ct)
    {
        Interlocked.Increment(ref _deploymentQuestions);
        await AnswerAsync(ct);
        return Deployments.GetValueOrDefault(id);
    }

    public Task<MarketTick> GetTickAsync(CancellationToken ct) => throw new NotSupportedException();

    public Task<MarketParameters> GetParametersAsync(CancellationToken ct) => throw new NotSupportedException();

    public Task<Order?> FindOrderAsync(OrderId id, CancellationToken ct) => throw new NotSupportedException();

    public IAsyncEnumerable<Order> ListOpenOrdersAsync(CancellationToken ct) => throw new NotSupportedException();

    public Task<Bid?> FindBidAsync(BidId id, CancellationToken ct) => throw new NotSupportedException();

    public Task<int> CountBidsAsync(OrderId id, CancellationToken ct) => throw new NotSupportedException();

    public IAsyncEnumerable<Bid> ListOwnBidsAsync(BidState state, CancellationToken ct) => throw new NotSupportedException();

    public Task<LeaseAccount?> FindLeaseAsync(LeaseId id, CancellationToken ct) => throw new NotSupportedException();

    public IAsyncEnumerable<LeaseAccount> ListOwnLeasesAsync(LeaseState state, CancellationToken ct) => throw new NotSupportedException();

    public Task<ProviderRecord?> FindProviderAsync(AccountAddress account, CancellationToken ct) => throw new NotSupportedException();

    public Task<IReadOnlyList<AuditRecord>> ListAuditsAsync(AccountAddress provider, CancellationToken ct) => throw new NotSupportedException();

    public Task<CertificateRecord?> FindCertificateAsync(AccountAddress owner, string serial, CancellationToken ct) => throw new NotSupportedException();

    public Task<Coin> GetBalanceAsync(AccountAddress account, Denom denom, CancellationToken ct) => throw new NotSupportedException();

    public Task<ActionOutcome> SubmitAsync(MarketAction action, CancellationToken ct) => throw new NotSupportedException();

    public Task SettleAsync(CancellationToken ct) => throw new NotSupportedException();

    public IAsyncEnumerable<MarketEventBatch> FollowAsync(MarketPosition? after, CancellationToken ct) => throw new NotSupportedException();

    private async Task AnswerAsync(CancellationToken ct)
    {
        if (Answering is { } answering) await answering.WaitAsync(ct);
        if (IsDown) throw new MarketUnavailableException("no endpoint answers");
    }
}
