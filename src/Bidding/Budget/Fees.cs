using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>What an act on the market has cost.</summary>
internal static class Fees
{
    /// <summary>The fee, also of a refusal that cost one.</summary>
    public static Coin FeePaid(this ActionOutcome outcome) => outcome switch
    {
        ActionOutcome.Done done => done.Fee,
        ActionOutcome.Refused refused => refused.Fee,
        _ => throw new InvalidOperationException($"unknown outcome {outcome.GetType().Name}"),
    };
}
