namespace ProviderAgent.Ledger;

/// <summary>Another process (or another part of this one) has this ledger open. Nothing was read or changed.</summary>
public sealed class LedgerLockedException : LedgerException
{
    internal LedgerLockedException(string directory, int? holder)
        : base(holder is { } pid
            ? $"the ledger in {directory} is in use by process {pid}; stop that process, or give this one its own state directory"
            : $"the ledger in {directory} is in use by another process; stop it, or give this one its own state directory") =>
        HolderPid = holder;

    /// <summary>Process that holds the lock; null when it could not be read.</summary>
    public int? HolderPid { get; }

    /// <inheritdoc/>
    public override bool IsTransient => false;
}
