namespace ProviderAgent.Bidding;

/// <summary>When something last happened, so that silence can be noticed.</summary>
internal sealed class BiddingActivity
{
    private long _decidedAt;
    private long _bidAt;

    public DateTimeOffset? LastDecisionAt => Read(ref _decidedAt);

    public DateTimeOffset? LastBidAt => Read(ref _bidAt);

    public void Decided(DateTimeOffset now) => Volatile.Write(ref _decidedAt, now.UtcTicks);

    public void BidPlaced(DateTimeOffset now) => Volatile.Write(ref _bidAt, now.UtcTicks);

    private static DateTimeOffset? Read(ref long ticks) => Volatile.Read(ref ticks) is var value and not 0 ? new DateTimeOffset(value, TimeSpan.Zero) : null;
}
