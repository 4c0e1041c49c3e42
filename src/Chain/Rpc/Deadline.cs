namespace ProviderAgent.Chain.Rpc;

/// <summary>A caller's token that also ends after a time of its own.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _limit;
    private readonly CancellationTokenSource _either;

    public Deadline(TimeSpan after, TimeProvider time, CancellationToken ct)
    {
        _limit = new(after, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(ct, _limit.Token);
    }

    public CancellationToken Token => _either.Token;

    public void Dispose()
    {
        _either.Dispose();
        _limit.Dispose();
    }
}
