using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>What this host remembers of a lease. The market is the truth about whether it runs, the engine about what runs.</summary>
public sealed record LeaseRecord
{
    public required LeaseId Id { get; init; }

    public required LeaseStage Stage { get; init; }

    public required Rate Price { get; init; }

    /// <summary>When the market made the lease.</summary>
    public required MarketTick CreatedAt { get; init; }

    /// <summary>Wall time at which this host first knew of it.</summary>
    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>The accepted manifest; null while none has arrived.</summary>
    public ManifestHash? Manifest { get; init; }

    /// <summary>Counts accepted manifests, from 1; 0 before the first.</summary>
    public int Generation { get; init; }

    /// <summary>Why it ended; unknown while it runs.</summary>
    public LeaseCloseReason CloseReason { get; init; }
}
