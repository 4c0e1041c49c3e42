namespace ProviderAgent.Ledger;

/// <summary>The sender's outbox: every transaction is here before it leaves.</summary>
public sealed class TransactionStore
{
    private const string Columns = "hash, body, sequence, timeout_height, summary, created_at, outcome, closed_at";
    private const int MaxHash = 128;

    // The chain takes no transaction near this size; a bound against mistakes.
    private const int MaxBytes = 1 << 20;
    private const int MaxSummary = 4096;

    private readonly LedgerCore _core;
    private readonly TableReader<StoredTransaction> _rows;

    internal TransactionStore(LedgerCore core)
    {
        _core = core;
        _rows = new(core, "outbox", Columns, row =>
            new(row.Text(0), row.Bytes(1), row.Integer(2), row.Integer(3), row.Text(4), row.Time(5), row.OptionalJson(6), row.OptionalTime(7)));
    }

    /// <summary>Saves a transaction. When this returns, it may be sent. Saving the same hash again changes nothing.</summary>
    /// <param name="hash">The market's hash of the bytes, in one spelling throughout; 1 to 128 characters.</param>
    /// <param name="bytes">The signed transaction, at most 1 MiB.</param>
    /// <param name="sequence">The account's counter that it uses.</param>
    /// <param name="timeoutHeight">The last height at which it can be included; 0 for none.</param>
    /// <param name="summary">What it does, for people; cut after 4096 characters.</param>
    /// <param name="ct">Stops the waiting as long as the write has not begun.</param>
    /// <exception cref="ArgumentException">The hash is empty or too long, or the bytes are too many.</exception>
    /// <exception cref="LedgerUnavailableException">Not saved: it must not be sent.</exception>
    public Task SaveAsync(string hash, ReadOnlyMemory<byte> bytes, long sequence, long timeoutHeight, string summary, CancellationToken ct)
    {
        LedgerText.Key(hash, MaxHash, nameof(hash));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, MaxBytes);
        var body = bytes.ToArray();
        return _core.Writer.WriteAsync(
            session => session.Execute(
                "INSERT INTO outbox (hash, body, sequence, timeout_height, summary, created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (hash) DO NOTHING",
                hash,
                body,
                sequence,
                timeoutHeight,
                LedgerText.Cut(summary, MaxSummary),
                _core.NowMs),
            ct);
    }

    /// <summary>Writes the fate of a transaction down. The first one stays.</summary>
    /// <returns>False when its fate was known already, or the hash is unknown.</returns>
    /// <exception cref="ArgumentException">The outcome is not JSON.</exception>
    /// <exception cref="LedgerUnavailableException">Not written: it stays open.</exception>
    public Task<bool> CloseAsync(string hash, string outcomeJson, CancellationToken ct)
    {
        LedgerJson.Checked(outcomeJson, nameof(outcomeJson));
        return _core.Writer.WriteAsync(
            session => session.Execute("UPDATE outbox SET outcome = $2, closed_at = $3 WHERE hash = $1 AND closed_at IS NULL", hash, outcomeJson, _core.NowMs) == 1,
            ct);
    }

    /// <summary>Transactions whose fate is unknown, in the order in which they must be settled.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<IReadOnlyList<StoredTransaction>> ListOpenAsync(CancellationToken ct) =>
        _rows.ListAsync("WHERE closed_at IS NULL ORDER BY sequence, id", [], ct);

    /// <summary>Transactions whose fate was written down at or after <paramref name="since"/>, newest first.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<IReadOnlyList<StoredTransaction>> ListClosedSinceAsync(DateTimeOffset since, int limit, CancellationToken ct) =>
        _rows.ListAsync("WHERE closed_at >= $1 ORDER BY closed_at DESC LIMIT $2", [since.ToMs(), limit], ct);

    /// <summary>The transaction with this hash; null when there is none.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<StoredTransaction?> FindAsync(string hash, CancellationToken ct) => _rows.FindAsync("WHERE hash = $1", [hash], ct);

    /// <summary>The latest transactions, newest first.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<IReadOnlyList<StoredTransaction>> ListRecentAsync(int limit, CancellationToken ct) => _rows.ListAsync("ORDER BY id DESC LIMIT $1", [limit], ct);

    /// <summary>Forgets some transactions that were closed before <paramref name="before"/>; open ones stay for ever.</summary>
    /// <returns>How many were forgotten; call again while it is <paramref name="limit"/>.</returns>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<int> PruneAsync(DateTimeOffset before, int limit, CancellationToken ct) =>
        _core.Writer.WriteAsync(
            session => session.Execute(
                "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE closed_at < $1 ORDER BY closed_at LIMIT $2)", before.ToMs(), limit),
            ct);
}
