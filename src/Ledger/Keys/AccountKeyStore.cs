namespace ProviderAgent.Ledger;

/// <summary>Public keys of the market's accounts, so that tenants can log in after a restart while the market cannot be asked. No secret; the oldest are forgotten.</summary>
public sealed class AccountKeyStore
{
    /// <summary>Keys that are kept at most.</summary>
    public const int MaxKeys = 10_000;

    /// <summary>Longest key, in bytes; the chain's have 33.</summary>
    public const int MaxKeyBytes = 128;

    private readonly LedgerCore _core;
    private readonly TableReader<byte[]> _rows;
    private readonly int _maxKeys;

    internal AccountKeyStore(LedgerCore core, int maxKeys = MaxKeys)
    {
        (_core, _maxKeys) = (core, maxKeys);
        _rows = new(core, "account_key", "key", row => row.Bytes(0) is { Length: > 0 and <= MaxKeyBytes } key ? key : throw new DamagedRowException("key has no length that a key can have"));
    }

    /// <summary>The key; null when it is not stored.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<byte[]?> FindAsync(AccountAddress account, CancellationToken ct) => _rows.FindAsync("WHERE account = $1", [account.Value], ct);

    /// <summary>Inserts, or replaces the account's.</summary>
    /// <exception cref="ArgumentException">The key is empty or too long.</exception>
    /// <exception cref="LedgerUnavailableException">Not stored.</exception>
    public Task PutAsync(AccountAddress account, ReadOnlyMemory<byte> key, CancellationToken ct)
    {
        if (key.Length is 0 or > MaxKeyBytes) throw new ArgumentException($"a key has 1 to {MaxKeyBytes} bytes", nameof(key));
        var bytes = key.ToArray();
        return _core.Writer.WriteAsync(
            session =>
            {
                session.Execute("INSERT OR REPLACE INTO account_key (account, key) VALUES ($1, $2)", account.Value, bytes);
                return session.Execute("DELETE FROM account_key WHERE rowid <= (SELECT max(rowid) FROM account_key) - $1", (long)_maxKeys);
            },
            ct);
    }
}
