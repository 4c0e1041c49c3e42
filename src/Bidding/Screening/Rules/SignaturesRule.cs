using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>The auditors that the order names have signed what it requires. Records of several auditors are not put together.</summary>
internal sealed class SignaturesRule : IScreeningRule
{
    public BidDecision.Decline? Check(OrderFacts order, HostFacts host)
    {
        var wanted = order.Group.Requirements;
        foreach (var auditor in wanted.SignedByAll)
        {
            if (!HasSigned(auditor, wanted.Attributes, host.Audits))
                return new(DeclineReason.NotSigned, $"auditor {auditor} has not signed all attributes that the order requires");
        }

        return wanted.SignedByAny.Count > 0 && !wanted.SignedByAny.Any(auditor => HasSigned(auditor, wanted.Attributes, host.Audits))
            ? new(DeclineReason.NotSigned, $"none of the auditors {wanted.SignedByAny} has signed all attributes that the order requires")
            : null;
    }

    private static bool HasSigned(AccountAddress auditor, ValueList<MarketAttribute> required, ValueList<AuditRecord> audits) =>
        audits.Any(record => record.Auditor == auditor && AttributeMatch.AllMatch(required, record.Attributes));
}
