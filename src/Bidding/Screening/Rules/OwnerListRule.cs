namespace ProviderAgent.Bidding;

/// <summary>The tenant is one that the operator wants to serve.</summary>
internal sealed class OwnerListRule : IScreeningRule
{
    public BidDecision.Decline? Check(OrderFacts order, HostFacts host) => host.Lists.Refuse(ListSubject.Owner, order.Id.Owner.Value) is { } verdict
        ? new(
            verdict.Kind switch
            {
                ListVerdictKind.Denied => DeclineReason.OwnerDenied,
                ListVerdictKind.NotAllowed => DeclineReason.OwnerNotAllowed,
                _ => DeclineReason.ListUnavailable,
            },
            verdict.Detail)
        : null;
}
