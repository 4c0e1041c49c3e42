namespace ProviderAgent.Bidding;

/// <summary>What this room is about to do on the market, written down before it does it, so that a crash leaves no doubt about what to ask for.</summary>
public interface IBidJournal
{
    /// <summary>Writes the intent. It is durable when this returns.</summary>
    /// <exception cref="BidStoreUnavailableException">It is not written; nothing may be done.</exception>
    Task<BidIntentId> BeginAsync(BidIntent intent, CancellationToken ct);

    /// <summary>Notes what became of an intent. Repeating it, or naming an unknown intent, changes nothing.</summary>
    /// <exception cref="BidStoreUnavailableException">It is not noted; the market is asked again at the next start.</exception>
    Task CompleteAsync(BidIntentId id, BidIntentOutcome outcome, CancellationToken ct);

    /// <summary>Intents without an outcome, oldest first.</summary>
    /// <exception cref="BidStoreUnavailableException">They cannot be read.</exception>
    Task<IReadOnlyList<OpenBidIntent>> ListOpenAsync(CancellationToken ct);
}

/// <summary>Number of an intent in the journal.</summary>
public readonly record struct BidIntentId(long Value);

/// <summary>An intent whose outcome is not known.</summary>
public sealed record OpenBidIntent(BidIntentId Id, BidIntent Intent);

/// <summary>What became of an intent.</summary>
/// <param name="Result">How it ended.</param>
/// <param name="Detail">For people; may be empty.</param>
/// <param name="Transaction">Reference of the transaction; null when none was included.</param>
public sealed record BidIntentOutcome(BidIntentResult Result, string Detail, string? Transaction);

/// <summary>How an intent ended.</summary>
public enum BidIntentResult
{
    /// <summary>Done by us, with proof.</summary>
    Done,

    /// <summary>The market said no.</summary>
    Refused,

    /// <summary>Its effect was found on the market when we asked.</summary>
    Found,

    /// <summary>Its effect is not on the market and is not wanted any more.</summary>
    Dropped,
}
