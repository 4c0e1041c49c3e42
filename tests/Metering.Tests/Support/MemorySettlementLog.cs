namespace ProviderAgent.Metering.Tests;

/// <summary>Books in memory that keep the contract, and fail when they are told to.</summary>
internal sealed class MemorySettlementLog(TimeProvider time) : ISettlementLog
{
    private readonly Dictionary<long, OpenWithdrawal> _open = [];
    private readonly HashSet<LeaseId> _followed = [];

    public bool IsAway { get; set; }

    public List<(LeaseId Lease, MarketTick Tick, Coin Withdrawn, Coin Delta, string Transaction, Coin? Fee)> Rows { get; } = [];

    public List<string> Outcomes { get; } = [];

    public int Begun { get; private set; }

    public IReadOnlyCollection<OpenWithdrawal> Open => _open.Values;

    public IReadOnlyCollection<LeaseId> Followed => _followed;

    public long Income(LeaseId lease) => Rows.Where(row => row.Lease == lease).Sum(row => row.Delta.Amount);

    public Task<long> BeginAsync(LeaseId lease, Coin before, string reason, CancellationToken ct)
    {
        ThrowIfAway();
        Begun++;
        _open[Begun] = new(Begun, lease, before, time.GetUtcNow());
        return Task.FromResult((long)Begun);
    }

    public Task CompleteAsync(long id, string outcome, CancellationToken ct)
    {
        ThrowIfAway();
        if (_open.Remove(id)) Outcomes.Add(outcome);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<OpenWithdrawal>> ListOpenAsync(CancellationToken ct)
    {
        ThrowIfAway();
        return Task.FromResult<IReadOnlyList<OpenWithdrawal>>([.. _open.Values.OrderBy(open => open.Id)]);
    }

    public Task<RecordedTotal> RecordAsync(LeaseId lease, MarketTick tick, Coin withdrawn, string transaction, Coin? fee, CancellationToken ct)
    {
        ThrowIfAway();
        var before = Rows.LastOrDefault(row => row.Lease == lease).Withdrawn.Amount;
        if (withdrawn.Amount == before) return Task.FromResult(new RecordedTotal(RecordResult.Unchanged, Sample.Coin(0)));
        if (withdrawn.Amount < before) return Task.FromResult(new RecordedTotal(RecordResult.Contradicts, Sample.Coin(0)));
        var delta = Sample.Coin(withdrawn.Amount - before);
        Rows.Add((lease, tick, withdrawn, delta, transaction, fee));
        return Task.FromResult(new RecordedTotal(RecordResult.Recorded, delta));
    }

    public Task<IReadOnlyList<RecordedIncome>> ListIncomeAsync(CancellationToken ct)
    {
        ThrowIfAway();
        return Task.FromResult<IReadOnlyList<RecordedIncome>>(
        [
            .. Rows.GroupBy(row => row.Lease).Select(lease => new RecordedIncome(
                lease.Key, lease.Last().Withdrawn, Fees(lease.Select(row => row.Fee)), lease.Last().Tick)),
        ]);
    }

    public Task FollowAsync(LeaseId lease, CancellationToken ct)
    {
        ThrowIfAway();
        _followed.Add(lease);
        return Task.CompletedTask;
    }

    public Task UnfollowAsync(LeaseId lease, CancellationToken ct)
    {
        ThrowIfAway();
        _followed.Remove(lease);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<LeaseId>> ListFollowedAsync(CancellationToken ct)
    {
        ThrowIfAway();
        return Task.FromResult<IReadOnlyList<LeaseId>>([.. _followed]);
    }

    private static ValueList<Coin> Fees(IEnumerable<Coin?> fees) =>
        fees.OfType<Coin>().GroupBy(fee => fee.Denom).Select(group => group.Aggregate((left, right) => left + right)).ToValueList();

    private void ThrowIfAway()
    {
        if (IsAway) throw new MeteringUnavailableException("the books are away on purpose");
    }
}
