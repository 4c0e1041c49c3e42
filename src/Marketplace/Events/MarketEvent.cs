namespace ProviderAgent.Marketplace;

/// <summary>Something that happened on the market. Events only wake: whoever gets one reads the present state again before acting.</summary>
public abstract record MarketEvent
{
    private MarketEvent()
    {
    }

    public sealed record OrderCreated(OrderId Order) : MarketEvent;

    public sealed record OrderClosed(OrderId Order) : MarketEvent;

    public sealed record BidCreated(BidId Bid, Rate Price) : MarketEvent;

    /// <summary>Not raised for bids that lost: those are known from the order's <see cref="LeaseCreated"/>.</summary>
    public sealed record BidClosed(BidId Bid) : MarketEvent;

    public sealed record LeaseCreated(LeaseId Lease, Rate Price) : MarketEvent;

    public sealed record LeaseClosed(LeaseId Lease, LeaseCloseReason Reason) : MarketEvent;

    public sealed record LeaseReclaimStarted(LeaseId Lease, LeaseCloseReason Reason, DateTimeOffset Deadline) : MarketEvent;

    public sealed record DeploymentCreated(DeploymentId Deployment, ManifestHash Manifest) : MarketEvent;

    /// <summary>The tenant announced a new manifest.</summary>
    public sealed record DeploymentUpdated(DeploymentId Deployment, ManifestHash Manifest) : MarketEvent;

    public sealed record DeploymentClosed(DeploymentId Deployment) : MarketEvent;

    public sealed record GroupStarted(GroupId Group) : MarketEvent;

    public sealed record GroupPaused(GroupId Group) : MarketEvent;

    public sealed record GroupClosed(GroupId Group) : MarketEvent;

    /// <summary>A provider's public entry was made or changed.</summary>
    public sealed record ProviderChanged(AccountAddress Provider) : MarketEvent;

    /// <summary>An auditor signed or withdrew attributes of a provider.</summary>
    public sealed record AuditChanged(AccountAddress Provider, AccountAddress Auditor) : MarketEvent;
}
