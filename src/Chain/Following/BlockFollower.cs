using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Chain.Endpoints;
using ProviderAgent.Chain.Rpc;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Following;

/// <summary>Gives the market's events block by block: driven by heights, so that nothing is missed, whatever becomes of connections.</summary>
/// <remarks>Any number of followers may run at once; each holds a few blocks at most.</remarks>
internal sealed partial class BlockFollower(
    HeadWatcher heads, BlockReader blocks, EndpointPool pool, ChainMetrics metrics, IOptions<ChainOptions> options, IJitter jitter, TimeProvider time, ILogger<BlockFollower> log)
    : IHealthCheck
{
    // Blocks that are fetched ahead while catching up.
    private const int Window = 8;

    // A block that every endpoint has thrown away is given up after so many refusals; with the waits in between about 20 s.
    private const int MaxRefusals = 8;

    // A position so far ahead of the chain is not just a slower endpoint.
    private const long MaxAhead = 20;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    // One attempt asks for a header and for results, of each endpoint in turn.
    private const int CallsPerAttempt = 6;

    private readonly ConcurrentDictionary<LoopWatch, byte> _followers = new();

    /// <inheritdoc/>
    /// <remarks>Waiting for the next block, for whoever takes the events, or for an endpoint that does not answer is healthy.</remarks>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_followers.Keys.Max(follower => follower.Stuck) is { } age
            ? HealthCheckResult.Unhealthy($"no attempt to read the next block was made for {age.TotalSeconds:0} s")
            : HealthCheckResult.Healthy());

    /// <inheritdoc cref="IMarketEvents.FollowAsync"/>
    public async IAsyncEnumerable<MarketEventBatch> FollowAsync(MarketPosition? after, [EnumeratorCancellation] CancellationToken ct)
    {
        var hasGap = after is null;
        var head = await heads.WaitForAsync(0, ct);
        var next = after is { } position ? position.Value + 1 : head.Height;
        if (hasGap) metrics.GapSeen();
        if (next > head.Height + MaxAhead) Log.AheadOfChain(log, next - 1, head.Height, head.Endpoint.Address);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var ahead = new Queue<Task<Outcome>>(Window);
        var watch = new LoopWatch(time, TimeSpan.FromMinutes(1) + (CallsPerAttempt * Math.Max(1, pool.All.Count) * options.Value.QueryTimeout));
        _followers.TryAdd(watch, 0);
        try
        {
            while (true)
            {
                head = await heads.WaitForAsync(next, ct);
                if (ahead.Count == 0 && head.Height - next >= options.Value.MaxReplayBlocks)
                {
                    Log.TooFarBehind(log, next, head.Height);
                    metrics.BlocksSkipped(head.Height - next);
                    (next, hasGap) = (head.Height, true);
                    metrics.GapSeen();
                }

                while (ahead.Count < Window && next + ahead.Count <= head.Height) ahead.Enqueue(ReadAsync(next + ahead.Count, watch, stop.Token));
                watch.Working();
                var outcome = await ahead.Dequeue();
                watch.Idle();
                if (outcome.Block is { } block)
                {
                    pool.RaiseFloor(block.Height);
                    metrics.Followed(block.Height);
                    yield return new(new(block.Height), new(block.Height), block.Time, hasGap, block.Events);
                    (next, hasGap) = (next + 1, false);
                    continue;
                }

                Log.HistoryGone(log, next, outcome.ResumeAt);
                metrics.BlocksSkipped(outcome.ResumeAt - next);
                (next, hasGap) = (outcome.ResumeAt, true);
                metrics.GapSeen();
                await DiscardAsync(ahead);
            }
        }
        finally
        {
            _followers.TryRemove(watch, out _);
            await stop.CancelAsync();
            await DiscardAsync(ahead);
        }
    }

    private static async Task DiscardAsync(Queue<Task<Outcome>> tasks)
    {
        while (tasks.TryDequeue(out var task)) await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Tries one height until it succeeds, or until it is certain that nobody has it any more.</summary>
    private async Task<Outcome> ReadAsync(long height, LoopWatch watch, CancellationToken ct)
    {
        var backoff = new Backoff(time, jitter, LongestWait);
        var refusals = 0;
        while (true)
        {
            watch.Progress(); // not from idle to working: blocks are also read while the earlier ones are handled
            try
            {
                return new(await blocks.ReadAsync(height, ct), 0);
            }
            catch (EndpointException e)
            {
                watch.Progress();
                Log.Retried(log, height, e.Message);
                if (LowestKept() is { } lowest && lowest > height) return new(null, lowest);
                if (IsGone(e) && ++refusals >= MaxRefusals) return new(null, height + 1);
                heads.Wake();
            }

            await backoff.WaitAsync(ct);
        }
    }

    /// <summary>The oldest block that some working endpoint still has; null when none has said.</summary>
    private long? LowestKept() =>
        pool.All.Where(endpoint => endpoint.State.IsGood).Min(endpoint => endpoint.State.Status?.EarliestHeight);

    private static bool IsGone(EndpointException e) =>
        e.Fault == EndpointFault.Refused
        && (e.RpcData.Contains("could not find results", StringComparison.Ordinal) || e.RpcData.Contains("is not available", StringComparison.Ordinal));

    /// <param name="Block">The block; null when it is gone for good.</param>
    /// <param name="ResumeAt">The next height worth trying when it is.</param>
    private sealed record Outcome(MarketBlock? Block, long ResumeAt);

    private static partial class Log
    {
        [LoggerMessage(1021, LogLevel.Debug, "Block {Height} could not be read and is tried again: {Cause}", EventName = "BlockRetried")]
        public static partial void Retried(ILogger logger, long height, string cause);

        [LoggerMessage(1022, LogLevel.Warning, "Blocks from {From} on are gone from all endpoints; events go on at {To} and everything is read anew", EventName = "HistoryGone")]
        public static partial void HistoryGone(ILogger logger, long from, long to);

        [LoggerMessage(1023, LogLevel.Warning, "Block {From} is too far behind {To} to replay; events go on there and everything is read anew", EventName = "TooFarBehind")]
        public static partial void TooFarBehind(ILogger logger, long from, long to);

        [LoggerMessage(1024, LogLevel.Error, "The stored position {Position} is ahead of the chain, which is at {Height} on {Endpoint}; no events until it gets there. Wrong network, or a chain that was started anew?", EventName = "AheadOfChain")]
        public static partial void AheadOfChain(ILogger logger, long position, long height, Uri endpoint);
    }
}
