namespace ProviderAgent.Ledger;

/// <summary>What this provider remembers of a lease. The market is the truth about it; this is for work in progress and for history.</summary>
public sealed record StoredLease
{
    public required LeaseId Id { get; init; }

    /// <summary>State in the words of the room that runs the workload, 1 to 64 characters.</summary>
    public required string State { get; init; }

    public required Rate Price { get; init; }

    /// <summary>When this provider first saw it.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the market says that it began; null when that was not read.</summary>
    public MarketTick? CreatedTick { get; init; }

    /// <summary>When this provider saw its end; null while it runs.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>When the market says that it ended.</summary>
    public MarketTick? ClosedTick { get; init; }

    public LeaseCloseReason CloseReason { get; init; }

    /// <summary>Hash of the manifest that is deployed; null before the first.</summary>
    public ManifestHash? Manifest { get; init; }

    /// <summary>A JSON document of the room that runs the workload.</summary>
    public string ExtraJson { get; init; } = "{}";
}
