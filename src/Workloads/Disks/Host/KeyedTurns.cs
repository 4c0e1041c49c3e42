namespace ProviderAgent.Workloads;

/// <summary>Lets one caller at a time work on a name, within a fixed amount of memory: names that share a turn only wait a little longer.</summary>
internal sealed class KeyedTurns : IDisposable
{
    private const int Stripes = 64;

    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, Stripes).Select(_ => new SemaphoreSlim(1, 1))];

    public async Task<IDisposable> TakeAsync(string name, CancellationToken ct)
    {
        var turn = _turns[(uint)StringComparer.Ordinal.GetHashCode(name) % Stripes];
        await turn.WaitAsync(ct);
        return new Turn(turn);
    }

    public void Dispose()
    {
        foreach (var turn in _turns) turn.Dispose();
    }

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
