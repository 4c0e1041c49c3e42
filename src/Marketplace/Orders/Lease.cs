namespace ProviderAgent.Marketplace;

public enum LeaseState
{
    Active,

    /// <summary>The provider gave notice; the workload runs and is paid until the deadline.</summary>
    Reclaiming,

    /// <summary>Ended because the tenant's escrow ran dry.</summary>
    InsufficientFunds,
    Closed,
}

public enum LeaseCloseReason
{
    /// <summary>The lease is not closed, or the market gave a reason that this version does not know.</summary>
    Unknown,

    /// <summary>By the tenant.</summary>
    Owner,

    /// <summary>By the provider: the workload would not stay up.</summary>
    Unstable,

    /// <summary>By the provider: the host is taken out of service.</summary>
    Decommission,

    /// <summary>By the provider, without a reason.</summary>
    Unspecified,

    /// <summary>By the provider: no manifest arrived in time.</summary>
    ManifestTimeout,

    /// <summary>By the market: the tenant's escrow ran dry.</summary>
    InsufficientFunds,
}

/// <summary>A running or ended agreement on one group.</summary>
public sealed record Lease(
    LeaseId Id,
    LeaseState State,
    Rate Price,
    MarketTick CreatedAt,
    MarketTick? ClosedAt,
    LeaseCloseReason CloseReason,
    LeaseReclaim? Reclaim)
{
    /// <summary>True while the workload must run: active or reclaiming.</summary>
    public bool IsRunning => State is LeaseState.Active or LeaseState.Reclaiming;
}

/// <summary>The notice that a provider has to give before it may end the lease.</summary>
/// <param name="Window">Length of the notice.</param>
/// <param name="Deadline">When the provider may close; null while no notice was given.</param>
public sealed record LeaseReclaim(TimeSpan Window, DateTimeOffset? Deadline);
