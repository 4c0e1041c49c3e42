namespace ProviderAgent.Ledger;

/// <summary>Where each reader of the market's events stands.</summary>
public sealed class CursorStore
{
    private const int MaxName = 64;

    private readonly LedgerCore _core;

    internal CursorStore(LedgerCore core) => _core = core;

    /// <summary>The stored position; null when this reader never stored one.</summary>
    /// <exception cref="LedgerUnavailableException">The storage failed.</exception>
    public async Task<MarketPosition?> FindAsync(string name, CancellationToken ct)
    {
        var value = await _core.Readers
            .ReadAsync(session => session.FindInteger("SELECT position FROM cursor WHERE name = $1", name), ct)
            .ConfigureAwait(false);
        return value is { } position ? new(position) : null;
    }

    /// <summary>Stores a position, also one before the last: a market may start anew.</summary>
    /// <param name="name">The reader, 1 to 64 characters.</param>
    /// <param name="position">What to resume after.</param>
    /// <param name="ct">Stops the waiting as long as the write has not begun.</param>
    /// <exception cref="LedgerUnavailableException">Not stored.</exception>
    public Task SetAsync(string name, MarketPosition position, CancellationToken ct)
    {
        LedgerText.Key(name, MaxName, nameof(name));
        return _core.Writer.WriteAsync(
            session => session.Execute(
                "INSERT INTO cursor (name, position, updated_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET position = $2, updated_at = $3",
                name,
                position.Value,
                _core.NowMs),
            ct);
    }
}
