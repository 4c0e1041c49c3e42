namespace ProviderAgent.Bidding;

/// <summary>One reason not to bid. Pure: facts in, verdict out.</summary>
internal interface IScreeningRule
{
    /// <summary>Null when this rule has nothing against the order.</summary>
    BidDecision.Decline? Check(OrderFacts order, HostFacts host);
}
