namespace ProviderAgent.Metering.Tests;

/// <summary>Books that go away for good after some leases were noted, as if the process was killed there.</summary>
internal sealed class InterruptedBooks(MemorySettlementLog books, int after) : ISettlementLog
{
    private int _left = after;

    public Task<long> BeginAsync(LeaseId lease, Coin before, string reason, CancellationToken ct) => books.BeginAsync(lease, before, reason, ct);

    public Task CompleteAsync(long id, string outcome, CancellationToken ct) => books.CompleteAsync(id, outcome, ct);

    public Task<IReadOnlyList<OpenWithdrawal>> ListOpenAsync(CancellationToken ct) => books.ListOpenAsync(ct);

    public Task<RecordedTotal> RecordAsync(LeaseId lease, MarketTick tick, Coin withdrawn, string transaction, Coin? fee, CancellationToken ct) =>
        books.RecordAsync(lease, tick, withdrawn, transaction, fee, ct);

    public Task<IReadOnlyList<RecordedIncome>> ListIncomeAsync(CancellationToken ct) => books.ListIncomeAsync(ct);

    public Task FollowAsync(LeaseId lease, CancellationToken ct) =>
        _left-- > 0 ? books.FollowAsync(lease, ct) : throw new MeteringUnavailableException("killed on purpose");

    public Task UnfollowAsync(LeaseId lease, CancellationToken ct) => books.UnfollowAsync(lease, ct);

    public Task<IReadOnlyList<LeaseId>> ListFollowedAsync(CancellationToken ct) => books.ListFollowedAsync(ct);
}
