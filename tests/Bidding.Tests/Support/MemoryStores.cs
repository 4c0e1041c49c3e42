using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding.Tests.Support;

/// <summary>A journal that outlives the engine, as a file does. Keeps the stored form, so that reading it back is tried too.</summary>
internal sealed class MemoryJournal : IBidJournal
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, (string Json, BidIntentOutcome? Outcome)> _entries = [];

    public bool IsBroken { get; set; }

    public IReadOnlyList<(BidIntent Intent, BidIntentOutcome? Outcome)> Entries
    {
        get
        {
            lock (_gate) return [.. _entries.Values.Select(entry => (BidIntentJson.Read(entry.Json), entry.Outcome))];
        }
    }

    public Task<BidIntentId> BeginAsync(BidIntent intent, CancellationToken ct)
    {
        ThrowIfBroken();
        lock (_gate)
        {
            _entries.Add(_entries.Count + 1, (BidIntentJson.Write(intent), null));
            return Task.FromResult(new BidIntentId(_entries.Count));
        }
    }

    public Task CompleteAsync(BidIntentId id, BidIntentOutcome outcome, CancellationToken ct)
    {
        ThrowIfBroken();
        lock (_gate) _entries[id.Value] = _entries[id.Value] with { Outcome = _entries[id.Value].Outcome ?? outcome };
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<OpenBidIntent>> ListOpenAsync(CancellationToken ct)
    {
        ThrowIfBroken();
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<OpenBidIntent>>(
                [.. _entries.Where(entry => entry.Value.Outcome is null).Select(entry => new OpenBidIntent(new(entry.Key), BidIntentJson.Read(entry.Value.Json)))]);
        }
    }

    private void ThrowIfBroken()
    {
        if (IsBroken) throw new BidStoreUnavailableException("the disk is full");
    }
}

/// <summary>Remembers every recorded decision.</summary>
internal sealed class MemoryDecisions : IDecisionLog
{
    private readonly Lock _gate = new();
    private readonly List<DecisionRecord> _records = [];

    public bool IsBroken { get; set; }

    /// <summary>Called at each record.</summary>
    public Action? OnRecord { get; set; }

    public IReadOnlyList<DecisionRecord> Records
    {
        get
        {
            lock (_gate) return [.. _records];
        }
    }

    public DecisionRecord? Latest(OrderId order) => Records.LastOrDefault(record => record.Order == order);

    public Task RecordAsync(DecisionRecord decision, CancellationToken ct)
    {
        if (IsBroken) return Task.FromException(new BidStoreUnavailableException("the disk is full"));
        lock (_gate) _records.Add(decision);
        OnRecord?.Invoke();
        return Task.CompletedTask;
    }

    public async Task<bool> RecordFirstAsync(DecisionRecord decision, CancellationToken ct)
    {
        if (Latest(decision.Order) is not null) return false;
        await RecordAsync(decision, ct);
        return true;
    }
}
