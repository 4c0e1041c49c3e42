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

    /// <summary>The latest manifest whose replicas all stayed up for a while; null while none has.</summary>
    public ManifestHash? GoodManifest { get; init; }

    /// <summary>A manifest that did not stay up, so that <see cref="GoodManifest"/> runs again in its place; null when none failed.</summary>
    public ManifestHash? FailedManifest { get; init; }

    /// <summary>What runs, or should: the tenant's latest word unless it failed.</summary>
    public ManifestHash? WantedManifest => Manifest is not null && Manifest == FailedManifest ? GoodManifest ?? Manifest : Manifest;

    /// <summary>Counts accepted manifests, from 1; 0 before the first.</summary>
    public int Generation { get; init; }

    /// <summary>Why it ended; unknown while it runs.</summary>
    public LeaseCloseReason CloseReason { get; init; }
}
