namespace ProviderAgent.Ledger;

/// <summary>This ledger must not be used as asked: it is newer than this version, belongs to another market identity, or is no ledger at all.</summary>
public sealed class LedgerRefusedException : LedgerException
{
    internal LedgerRefusedException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <inheritdoc/>
    public override bool IsTransient => false;
}
