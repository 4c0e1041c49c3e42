namespace ProviderAgent.Ledger;

/// <summary>The ledger cannot do what was asked. The message names the cause and the fix.</summary>
public abstract class LedgerException : Exception
{
    private protected LedgerException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>True when the same call can succeed later without anybody's help, for example once the disk has space again.</summary>
    public abstract bool IsTransient { get; }
}
