namespace ProviderAgent.Bidding;

/// <summary>Lets so many questions run at one time, and so many more wait; the rest is turned away at once.</summary>
internal sealed class HookPool(int running, TimeProvider time) : IDisposable
{
    private const int WaitingPerRunning = 8;

    private readonly SemaphoreSlim _slots = new(running, running);
    private int _inside;

    /// <summary>Asks when there is room, for at most <paramref name="timeout"/> from then on.</summary>
    /// <param name="timeout">Deadline of the question.</param>
    /// <param name="ask">Asks; its token is cancelled at the deadline.</param>
    /// <param name="name">What is asked, for people.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<HookReply> AskAsync(TimeSpan timeout, Func<CancellationToken, Task<HookReply>> ask, string name, CancellationToken ct)
    {
        try
        {
            if (Interlocked.Increment(ref _inside) > running * (1 + WaitingPerRunning))
                return new HookReply.None(new(DeclineReason.HookBusy, $"{running * (1 + WaitingPerRunning)} orders wait for {name} already"));
            await _slots.WaitAsync(ct);
            try
            {
                using var deadline = new CancellationTokenSource(timeout, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
                try
                {
                    return await ask(either.Token);
                }
                catch (OperationCanceledException) when (!ct.IsCancellationRequested)
                {
                    return new HookReply.None(new(DeclineReason.HookTimeout, $"{name} did not answer within {timeout.TotalSeconds:0.###} s"));
                }
            }
            finally
            {
                _slots.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }

    public void Dispose() => _slots.Dispose();
}

/// <summary>What became of a question to a price script or hook.</summary>
internal abstract record HookReply
{
    private HookReply()
    {
    }

    /// <param name="Text">What it wrote.</param>
    public sealed record Said(string Text) : HookReply;

    /// <param name="Why">Why there is no answer.</param>
    public sealed record None(PriceResult.Unpriced Why) : HookReply;
}
