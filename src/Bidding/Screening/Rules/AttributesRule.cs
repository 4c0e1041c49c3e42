using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>We have every attribute that the order requires.</summary>
internal sealed class AttributesRule : IScreeningRule
{
    public BidDecision.Decline? Check(OrderFacts order, HostFacts host) =>
        AttributeMatch.FirstUnmatched(order.Group.Requirements.Attributes, host.Record?.Attributes ?? []) is { } missing
            ? new(DeclineReason.AttributesMissing, $"the order requires {missing}, which is not among our attributes")
            : null;
}
