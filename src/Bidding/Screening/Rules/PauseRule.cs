namespace ProviderAgent.Bidding;

/// <summary>Bidding waits for something that concerns every order.</summary>
internal sealed class PauseRule : IScreeningRule
{
    public BidDecision.Decline? Check(OrderFacts order, HostFacts host) =>
        host.Paused is { } reason ? new(DeclineReason.Paused, reason) : null;
}
