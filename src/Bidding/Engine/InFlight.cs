namespace ProviderAgent.Bidding;

/// <summary>Acts on the market that run beside the loops, because each waits for a tick of the market. Their number is bounded by the open bids.</summary>
internal sealed class InFlight
{
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _running = [];
    private readonly TaskCompletionSource _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Never completes; fails with the first unexpected exception of an act.</summary>
    public Task Failure => _failure.Task;

    public void Track(Task act)
    {
        lock (_gate) _running.Add(act);
        act.ContinueWith(Done, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Completes when nothing runs any more. Failures are not thrown here.</summary>
    public async Task IdleAsync()
    {
        while (true)
        {
            Task[] running;
            lock (_gate) running = [.. _running];
            if (running.Length == 0) return;
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Done(Task act)
    {
        if (act.Exception is { } failure) _failure.TrySetException(failure.InnerExceptions);
        lock (_gate) _running.Remove(act);
    }
}
