using System.Runtime.CompilerServices;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Support;

/// <summary>One run of the process. Once dead, no call of it reaches the world any more: as after kill -9, whatever its code still does.</summary>
internal sealed class ProcessLife
{
    private readonly TaskCompletionSource _died = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _dead;

    /// <summary>The point at which this run dies, for example <c>Begin:after</c>; null to live on.</summary>
    public string? DieAt { get; set; }

    public Task Died => _died.Task;

    public async Task<T> CallAsync<T>(string name, Func<Task<T>> call)
    {
        await PassAsync($"{name}:before");
        var answer = await call();
        await PassAsync($"{name}:after");
        return answer;
    }

    public Task CallAsync(string name, Func<Task> call) => CallAsync(name, async () =>
    {
        await call();
        return true;
    });

    public async IAsyncEnumerable<T> CallAsync<T>(string name, IAsyncEnumerable<T> items, [EnumeratorCancellation] CancellationToken ct)
    {
        await PassAsync($"{name}:before");
        await foreach (var item in items.WithCancellation(ct)) yield return item;
        await PassAsync($"{name}:after");
    }

    private async Task PassAsync(string point)
    {
        if (point == DieAt)
        {
            _dead = true;
            _died.TrySetResult();
        }

        if (_dead) await new TaskCompletionSource().Task;
    }
}

/// <summary>The market as one run of the process reaches it.</summary>
internal sealed class MortalMarket(IMarketplace inner, ProcessLife life) : IMarketplace
{
    public AccountAddress Account => inner.Account;

    public MarketClock Clock => inner.Clock;

    public MarketHealth Health => inner.Health;

    public Task<MarketTick> GetTickAsync(CancellationToken ct) => life.CallAsync("GetTick", () => inner.GetTickAsync(ct));

    public Task<MarketParameters> GetParametersAsync(CancellationToken ct) => life.CallAsync("GetParameters", () => inner.GetParametersAsync(ct));

    public Task<Order?> FindOrderAsync(OrderId id, CancellationToken ct) => life.CallAsync("FindOrder", () => inner.FindOrderAsync(id, ct));

    public IAsyncEnumerable<Order> ListOpenOrdersAsync(CancellationToken ct) => life.CallAsync("ListOpenOrders", inner.ListOpenOrdersAsync(ct), ct);

    public Task<Bid?> FindBidAsync(BidId id, CancellationToken ct) => life.CallAsync("FindBid", () => inner.FindBidAsync(id, ct));

    public Task<int> CountBidsAsync(OrderId id, CancellationToken ct) => life.CallAsync("CountBids", () => inner.CountBidsAsync(id, ct));

    public IAsyncEnumerable<Bid> ListOwnBidsAsync(BidState state, CancellationToken ct) => life.CallAsync("ListOwnBids", inner.ListOwnBidsAsync(state, ct), ct);

    public Task<LeaseAccount?> FindLeaseAsync(LeaseId id, CancellationToken ct) => life.CallAsync("FindLease", () => inner.FindLeaseAsync(id, ct));

    public IAsyncEnumerable<LeaseAccount> ListOwnLeasesAsync(LeaseState state, CancellationToken ct) => life.CallAsync("ListOwnLeases", inner.ListOwnLeasesAsync(state, ct), ct);

    public Task<Deployment?> FindDeploymentAsync(DeploymentId id, CancellationToken ct) => inner.FindDeploymentAsync(id, ct);

    public Task<ProviderRecord?> FindProviderAsync(AccountAddress account, CancellationToken ct) => inner.FindProviderAsync(account, ct);

    public Task<IReadOnlyList<AuditRecord>> ListAuditsAsync(AccountAddress provider, CancellationToken ct) => inner.ListAuditsAsync(provider, ct);

    public Task<CertificateRecord?> FindCertificateAsync(AccountAddress owner, string serial, CancellationToken ct) => inner.FindCertificateAsync(owner, serial, ct);

    public Task<byte[]?> FindPublicKeyAsync(AccountAddress account, CancellationToken ct) => inner.FindPublicKeyAsync(account, ct);

    public Task<Coin> GetBalanceAsync(AccountAddress account, Denom denom, CancellationToken ct) => inner.GetBalanceAsync(account, denom, ct);

    public Task<ActionOutcome> SubmitAsync(MarketAction action, CancellationToken ct) => life.CallAsync("Submit", () => inner.SubmitAsync(action, ct));

    public Task SettleAsync(CancellationToken ct) => life.CallAsync("Settle", () => inner.SettleAsync(ct));

    public IAsyncEnumerable<MarketEventBatch> FollowAsync(MarketPosition? after, CancellationToken ct) => inner.FollowAsync(after, ct);
}

/// <summary>Journal and decision log as one run of the process reaches them.</summary>
internal sealed class MortalStores(IBidJournal journal, IDecisionLog decisions, ProcessLife life) : IBidJournal, IDecisionLog
{
    public Task<BidIntentId> BeginAsync(BidIntent intent, CancellationToken ct) => life.CallAsync("Begin", () => journal.BeginAsync(intent, ct));

    public Task CompleteAsync(BidIntentId id, BidIntentOutcome outcome, CancellationToken ct) => life.CallAsync("Complete", () => journal.CompleteAsync(id, outcome, ct));

    public Task<IReadOnlyList<OpenBidIntent>> ListOpenAsync(CancellationToken ct) => life.CallAsync("ListOpen", () => journal.ListOpenAsync(ct));

    public Task RecordAsync(DecisionRecord decision, CancellationToken ct) => life.CallAsync("Record", () => decisions.RecordAsync(decision, ct));

    public Task<bool> RecordFirstAsync(DecisionRecord decision, CancellationToken ct) => life.CallAsync("Record", () => decisions.RecordFirstAsync(decision, ct));
}
