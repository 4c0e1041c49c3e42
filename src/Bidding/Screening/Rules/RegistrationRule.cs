namespace ProviderAgent.Bidding;

/// <summary>The market takes bids only from registered providers.</summary>
internal sealed class RegistrationRule : IScreeningRule
{
    public BidDecision.Decline? Check(OrderFacts order, HostFacts host) =>
        host.Record is null ? new(DeclineReason.NotRegistered, $"{host.Account} is not registered as a provider on this market: run 'provider-agent register'") : null;
}
