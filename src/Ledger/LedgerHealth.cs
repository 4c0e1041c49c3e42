namespace ProviderAgent.Ledger;

/// <summary>How the ledger fares, known without touching the disk.</summary>
/// <param name="IsWritable">False from a failed write until the next one that works. Whoever needs an intent first must not act meanwhile.</param>
/// <param name="Detail">One line for people, with the fix when something is wrong.</param>
/// <param name="DamagedFile">Where a damaged database was put at start; null when it was sound.</param>
public sealed record LedgerHealth(bool IsWritable, string Detail, string? DamagedFile);
