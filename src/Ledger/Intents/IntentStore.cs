namespace ProviderAgent.Ledger;

/// <summary>The journal of acts that cost money or cannot be undone: begun before the effect, completed after it.</summary>
/// <remarks>After a crash the open ones are settled by asking the market whether they happened, never by doing them again.</remarks>
public sealed class IntentStore
{
    private const string Columns = "id, kind, subject, body, begun_at, outcome, completed_at";
    private const int MaxKind = 64;

    // A lease id is the longest subject: two addresses and three numbers.
    private const int MaxSubject = 512;

    private readonly LedgerCore _core;
    private readonly TableReader<StoredIntent> _rows;

    internal IntentStore(LedgerCore core)
    {
        _core = core;
        _rows = new(core, "intent", Columns, row =>
            new(row.Integer(0), row.Text(1), row.Text(2), row.Json(3), row.Time(4), row.OptionalJson(5), row.OptionalTime(6)));
    }

    /// <summary>Writes an intent down. When this returns, the act may begin.</summary>
    /// <returns>The number to complete it with.</returns>
    /// <exception cref="ArgumentException">A text is empty or too long, or the body is not JSON.</exception>
    /// <exception cref="LedgerUnavailableException">Not written: the act must not begin.</exception>
    public Task<long> BeginAsync(string kind, string subject, string bodyJson, CancellationToken ct)
    {
        LedgerText.Key(kind, MaxKind, nameof(kind));
        LedgerText.Key(subject, MaxSubject, nameof(subject));
        LedgerJson.Checked(bodyJson, nameof(bodyJson));
        return _core.Writer.WriteAsync(
            session => session.FindInteger(
                "INSERT INTO intent (kind, subject, body, begun_at) VALUES ($1, $2, $3, $4) RETURNING id", kind, subject, bodyJson, _core.NowMs) ?? 0,
            ct);
    }

    /// <summary>Writes the outcome down. The first outcome stays.</summary>
    /// <returns>False when the intent has an outcome already, or does not exist.</returns>
    /// <exception cref="ArgumentException">The outcome is not JSON.</exception>
    /// <exception cref="LedgerUnavailableException">Not written: the intent stays open and is settled at the next start.</exception>
    public Task<bool> CompleteAsync(long id, string outcomeJson, CancellationToken ct)
    {
        LedgerJson.Checked(outcomeJson, nameof(outcomeJson));
        return _core.Writer.WriteAsync(
            session => session.Execute(
                "UPDATE intent SET outcome = $2, completed_at = $3 WHERE id = $1 AND completed_at IS NULL", id, outcomeJson, _core.NowMs) == 1,
            ct);
    }

    /// <summary>Intents without outcome, oldest first.</summary>
    /// <param name="kind">Only these; null for all.</param>
    /// <param name="ct">Stops the reading.</param>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<IReadOnlyList<StoredIntent>> ListOpenAsync(string? kind, CancellationToken ct) =>
        kind is null
            ? _rows.ListAsync("WHERE completed_at IS NULL ORDER BY id", [], ct)
            : _rows.ListAsync("WHERE completed_at IS NULL AND kind = $1 ORDER BY id", [kind], ct);

    /// <summary>The latest intents about one subject, newest first.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<IReadOnlyList<StoredIntent>> ListBySubjectAsync(string subject, int limit, CancellationToken ct) =>
        _rows.ListAsync("WHERE subject = $1 ORDER BY id DESC LIMIT $2", [subject, limit], ct);

    /// <summary>Forgets some intents that were completed before <paramref name="before"/>; open ones stay for ever.</summary>
    /// <returns>How many were forgotten; call again while it is <paramref name="limit"/>.</returns>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public Task<int> PruneAsync(DateTimeOffset before, int limit, CancellationToken ct) =>
        _core.Writer.WriteAsync(
            session => session.Execute(
                "DELETE FROM intent WHERE id IN (SELECT id FROM intent WHERE completed_at < $1 ORDER BY completed_at LIMIT $2)", before.ToMs(), limit),
            ct);
}
