namespace ProviderAgent.Ledger;

/// <summary>Something this provider set out to do, written down before it was done.</summary>
/// <param name="Id">Number, never used again.</param>
/// <param name="Kind">What kind of act, for example <c>bid.place</c>; the names belong to the room that acts.</param>
/// <param name="Subject">What it is about, usually an id of the market in its text form.</param>
/// <param name="BodyJson">Everything needed to find out later whether it happened.</param>
/// <param name="BegunAt">When it was written down.</param>
/// <param name="OutcomeJson">What became of it; null while that is unknown.</param>
/// <param name="CompletedAt">When the outcome was written down; null while it is unknown.</param>
public sealed record StoredIntent(
    long Id, string Kind, string Subject, string BodyJson, DateTimeOffset BegunAt, string? OutcomeJson, DateTimeOffset? CompletedAt);
