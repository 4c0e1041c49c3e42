using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Something that costs a fee and concerns one of our bids.</summary>
public abstract record BidIntent
{
    private BidIntent()
    {
    }

    /// <summary>The bid.</summary>
    public abstract BidId Bid { get; }

    /// <param name="BidId">The bid to place.</param>
    /// <param name="Price">For the whole group.</param>
    /// <param name="Deposit">Locked with it.</param>
    /// <param name="ReclaimWindow">Notice promised; null for none.</param>
    public sealed record Place(BidId BidId, Rate Price, Coin Deposit, TimeSpan? ReclaimWindow) : BidIntent
    {
        public override BidId Bid => BidId;
    }

    /// <param name="BidId">The bid to take back.</param>
    public sealed record TakeBack(BidId BidId) : BidIntent
    {
        public override BidId Bid => BidId;
    }
}
