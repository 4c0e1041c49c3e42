namespace ProviderAgent.Ledger;

/// <summary>A signed transaction, kept from before it is first sent until its fate is known.</summary>
/// <param name="Hash">The hash by which the market knows it.</param>
/// <param name="Bytes">Exactly what was signed: sending it again is harmless, signing anew is not.</param>
/// <param name="Sequence">The account's counter that it uses.</param>
/// <param name="TimeoutHeight">The last height at which it can be included; 0 for none.</param>
/// <param name="Summary">What it does, for people.</param>
/// <param name="CreatedAt">When it was saved.</param>
/// <param name="OutcomeJson">Its fate; null while it is unknown.</param>
/// <param name="ClosedAt">When the fate was written down; null while it is unknown.</param>
public sealed record StoredTransaction(
    string Hash,
    ReadOnlyMemory<byte> Bytes,
    long Sequence,
    long TimeoutHeight,
    string Summary,
    DateTimeOffset CreatedAt,
    string? OutcomeJson,
    DateTimeOffset? ClosedAt);
