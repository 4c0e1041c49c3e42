namespace ProviderAgent.Ledger;

/// <summary>What a walk over the hash chains found.</summary>
/// <param name="UsageRows">Usage rows that are chained correctly.</param>
/// <param name="UsageSeals">Seals of folded usage that are chained correctly.</param>
/// <param name="SettlementRows">Settlement rows that are chained correctly.</param>
/// <param name="FirstBreak">The first place where a chain does not hold; null when all do.</param>
public sealed record LedgerVerification(long UsageRows, long UsageSeals, long SettlementRows, ChainBreak? FirstBreak)
{
    /// <summary>True when nothing was changed, added or taken away behind the ledger's back.</summary>
    public bool IsIntact => FirstBreak is null;
}

/// <summary>A place where a chain does not hold. Rows before it are proven, rows from it on are not.</summary>
/// <param name="Chain">Name of the chain: <c>usage</c>, <c>usage_seal</c> or <c>settlement</c>.</param>
/// <param name="Row">Number of the row.</param>
/// <param name="Detail">What is wrong, for people.</param>
public sealed record ChainBreak(string Chain, long Row, string Detail);
