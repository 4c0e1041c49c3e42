namespace ProviderAgent.Bidding;

/// <summary>The operator has stopped bidding.</summary>
internal sealed class DrainRule : IScreeningRule
{
    public BidDecision.Decline? Check(OrderFacts order, HostFacts host) =>
        host.Draining is { } reason ? new(DeclineReason.Draining, $"the operator has stopped bidding: {reason}") : null;
}
