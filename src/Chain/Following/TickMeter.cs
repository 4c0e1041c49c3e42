using Microsoft.Extensions.Logging;
using ProviderAgent.Chain.Endpoints;
using ProviderAgent.Chain.Rpc;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Following;

/// <summary>Measures how long a block takes, from the times in block headers.</summary>
internal sealed partial class TickMeter(EndpointPool pool, TimeProvider time, ILogger<TickMeter> log)
{
    // Over this many blocks (about half a day) a single slow block does not show.
    private const long MaxSpan = 7_000;

    // Over fewer blocks the measure is worse than the nominal value.
    private const long MinSpan = 20;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    // Beyond this range the chain's clock is broken or a node lies.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private volatile MarketClock _clock = new(Decimal18.FromInteger(429_909)); // 6.117 s per block, what existing price lists of this market reckon with
    private long? _measuredAt;

    /// <summary>The measured clock, or the nominal one before there is enough to measure.</summary>
    public MarketClock Clock => _clock;

    /// <summary>Measures again when it is time to. A failure keeps the last value.</summary>
    public async Task MeasureAsync(long height, CancellationToken ct)
    {
        if (_measuredAt is { } last && time.GetElapsedTime(last) < Interval) return;
        _measuredAt = time.GetTimestamp();
        try
        {
            var (from, to) = await pool.AskAsync(
                async (endpoint, stop) =>
                {
                    // The oldest block that the node says it has may be gone the moment after.
                    var earliest = (endpoint.State.Status?.EarliestHeight ?? 1) + MinSpan;
                    var start = Math.Max(Math.Max(1, earliest), height - MaxSpan);
                    if (height - start < MinSpan) start = Math.Max(1, height - MinSpan);
                    if (height - start < MinSpan) return (null, null);
                    return ((BlockHeader?)await endpoint.Queries.HeaderAsync(start, stop), (BlockHeader?)await endpoint.Queries.HeaderAsync(height, stop));
                },
                ct);
            if (from is null || to is null)
            {
                _measuredAt = null; // a young chain: look again with the next block
                return;
            }

            var length = (to.Time - from.Time) / (to.Height - from.Height);
            if (length < Shortest || length > Longest) Log.Implausible(log, length, from.Height, to.Height);
            else _clock = MarketClock.FromTickLength(length);
        }
        catch (EndpointException e)
        {
            Log.NotMeasured(log, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1013, LogLevel.Warning, "Blocks {From} to {To} took {Length} each by their headers, which cannot be; prices keep the last measure", EventName = "BlockTimeImplausible")]
        public static partial void Implausible(ILogger logger, TimeSpan length, long from, long to);

        [LoggerMessage(1014, LogLevel.Debug, "The length of a block could not be measured now; the last measure is kept: {Cause}", EventName = "BlockTimeUnknown")]
        public static partial void NotMeasured(ILogger logger, string cause);
    }
}
