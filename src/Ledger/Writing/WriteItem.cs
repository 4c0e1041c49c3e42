namespace ProviderAgent.Ledger;

/// <summary>One queued write. It completes when the transaction that holds it is durable.</summary>
internal abstract class WriteItem
{
    private const int Queued = 0;
    private const int Taken = 1;
    private const int Withdrawn = 2;

    private int _state;

    /// <summary>Claims the item for the writer. False when its caller has given up: then it must not run.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Queued) == Queued;

    /// <summary>Gives up. Without effect once the writer has the item, so that "cancelled" always means "not written".</summary>
    public void Withdraw(CancellationToken ct)
    {
        if (Interlocked.CompareExchange(ref _state, Withdrawn, Queued) == Queued) Cancel(ct);
    }

    /// <summary>Runs the work inside the open transaction and keeps the result back.</summary>
    public abstract void Run(SqlSession session);

    /// <summary>Hands the result to the caller: the transaction is durable.</summary>
    public abstract void Complete();

    public abstract void Fail(Exception error);

    protected abstract void Cancel(CancellationToken ct);
}

/// <inheritdoc/>
internal sealed class WriteItem<T>(Func<SqlSession, T> work) : WriteItem
{
    // Continuations run elsewhere: the writer's thread is for writing.
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action? _complete;

    public Task<T> Task => _done.Task;

    public override void Run(SqlSession session)
    {
        var result = work(session);
        _complete = () => _done.TrySetResult(result);
    }

    public override void Complete() => _complete?.Invoke();

    public override void Fail(Exception error) => _done.TrySetException(error);

    protected override void Cancel(CancellationToken ct) => _done.TrySetCanceled(ct);
}
