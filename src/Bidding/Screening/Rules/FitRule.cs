using ProviderAgent.Inventory;

namespace ProviderAgent.Bidding;

/// <summary>The group fits on this host as it stands.</summary>
internal sealed class FitRule : IScreeningRule
{
    public BidDecision.Decline? Check(OrderFacts order, HostFacts host) => host.Inventory.Refuse(order.Group) is { } refusal ? Decline(refusal) : null;

    public static BidDecision.Decline Decline(ReservationRefusal refusal) => new(ReasonOf(refusal.Resource), refusal.Detail);

    private static DeclineReason ReasonOf(ResourceKind resource) => resource switch
    {
        ResourceKind.StorageClass => DeclineReason.StorageClass,
        ResourceKind.LeasedIp => DeclineReason.LeasedIp,
        ResourceKind.Gpu => DeclineReason.Gpu,
        ResourceKind.Request => DeclineReason.GroupLimits,
        _ => DeclineReason.DoesNotFit,
    };
}
