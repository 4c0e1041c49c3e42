namespace ProviderAgent.Bidding;

/// <summary>The auditors that the order names are ones that the operator goes along with: none that is refused, and one that is listed where a list says so.</summary>
internal sealed class AuditorListRule : IScreeningRule
{
    public BidDecision.Decline? Check(OrderFacts order, HostFacts host)
    {
        if (host.Lists.Lists.Count == 0) return null;
        var wanted = order.Group.Requirements;
        ListVerdict? last = null;
        var isListed = false;
        foreach (var auditor in wanted.SignedByAll.Concat(wanted.SignedByAny))
        {
            last = host.Lists.Refuse(ListSubject.Auditor, auditor.Value);
            if (last is { Kind: ListVerdictKind.Denied }) return new(DeclineReason.AuditorDenied, last.Detail);
            if (last is { Kind: ListVerdictKind.Unavailable }) return new(DeclineReason.ListUnavailable, last.Detail);
            isListed |= last is null;
        }

        if (isListed || !host.Lists.Restricts(ListSubject.Auditor)) return null;
        return new(DeclineReason.AuditorNotAllowed, last?.Detail ?? "the order asks for no auditor's signature, and only orders that ask for a listed one are served");
    }
}
