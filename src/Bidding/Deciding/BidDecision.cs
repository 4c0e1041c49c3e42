namespace ProviderAgent.Bidding;

/// <summary>Whether to bid on an order; the reason is part of it.</summary>
public abstract record BidDecision
{
    private BidDecision()
    {
    }

    /// <summary>What the price was made from; null when none was asked for.</summary>
    public PricingFacts? Facts { get; init; }

    public sealed record Submit(Quote Quote) : BidDecision;

    /// <param name="Reason">For counting.</param>
    /// <param name="Detail">One line for people, with the numbers.</param>
    public sealed record Decline(DeclineReason Reason, string Detail) : BidDecision
    {
        /// <summary>Our price, where there was one all the same.</summary>
        public Quote? Quote { get; init; }
    }
}
