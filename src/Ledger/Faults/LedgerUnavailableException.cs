namespace ProviderAgent.Ledger;

/// <summary>The storage below the ledger failed: disk full, read-only, input/output error. The write did not happen, the read has no answer.</summary>
/// <remarks>Says nothing about the content: whoever gets this from a read must not take it for "nothing there".</remarks>
public sealed class LedgerUnavailableException : LedgerException
{
    internal LedgerUnavailableException(string message, bool isTransient, Exception? inner)
        : base(message, inner) => IsTransient = isTransient;

    /// <summary>False when the file itself is damaged: the next start moves it aside and begins a fresh one.</summary>
    public override bool IsTransient { get; }
}
