namespace ProviderAgent.Ledger;

/// <summary>What each store works with.</summary>
/// <param name="Writer">The only writer.</param>
/// <param name="Readers">Connections for reading.</param>
/// <param name="Quarantine">Where damaged rows go.</param>
/// <param name="Time">The clock for time stamps.</param>
internal sealed record LedgerCore(LedgerWriter Writer, LedgerReaders Readers, QuarantineStore Quarantine, TimeProvider Time)
{
    /// <summary>Now, as it is stored.</summary>
    public long NowMs => Time.GetUtcNow().ToMs();
}
