using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Sending;

/// <summary>Stops sending a kind of action that has failed in blocks again and again for one reason, each time for a fee. Belongs to the sender's worker.</summary>
/// <remarks>
/// What a simulation refuses costs nothing and does not count. Nor does what somebody else's haste brings about: a tenant who takes orders back while bids
/// are under way must not stop us from bidding on those of others, and the budget for fees bounds what that costs. After the pause one more is let through: its outcome decides.
/// </remarks>
internal sealed partial class FailureBrake(IOptions<ChainOptions> options, TimeProvider time, ChainMetrics metrics, ILogger<FailureBrake> log)
{
    private readonly Dictionary<string, Row> _rows = [];

    /// <summary>Notes that an action was refused in a block.</summary>
    public void Failed(string kind, MarketRefusal reason)
    {
        if (IsRace(reason)) return;
        var row = _rows.GetValueOrDefault(kind);
        row = row is not null && row.Reason == reason ? row with { Count = row.Count + 1 } : new(reason, 1, null);
        if (row.Count >= options.Value.Failures.Limit)
        {
            if (row.StoppedAt is null) Log.Stopped(log, kind, row.Count, reason, options.Value.Failures.Pause.TotalMinutes);
            row = row with { StoppedAt = time.GetTimestamp() };
        }

        _rows[kind] = row;
        Measure();
    }

    /// <summary>Notes that an action was carried out.</summary>
    public void Done(string kind)
    {
        if (!_rows.Remove(kind, out var row)) return;
        if (row.StoppedAt is not null) Log.Free(log, kind);
        Measure();
    }

    /// <summary>Null when an action of this kind may go; else why it may not.</summary>
    public string? FindStop(string kind)
    {
        if (!_rows.TryGetValue(kind, out var row) || row.StoppedAt is not { } at) return null;
        var left = options.Value.Failures.Pause - time.GetElapsedTime(at);
        return left <= TimeSpan.Zero
            ? null
            : $"{row.Count} of these failed in blocks with {row.Reason}, each for a fee; none is sent for another {Math.Ceiling(left.TotalMinutes):0} min (chain.failures.pause)";
    }

    /// <summary>True when between trial and block somebody was faster.</summary>
    private static bool IsRace(MarketRefusal reason) => reason is MarketRefusal.OrderNotFound or MarketRefusal.OrderNotOpen or MarketRefusal.TooManyBids
        or MarketRefusal.BidExists or MarketRefusal.BidNotFound or MarketRefusal.BidNotOpen or MarketRefusal.LeaseNotFound or MarketRefusal.LeaseNotActive;

    private void Measure() => metrics.KindsStopped(_rows.Values.Count(row => row.StoppedAt is not null));

    private sealed record Row(MarketRefusal Reason, int Count, long? StoppedAt);

    private static partial class Log
    {
        [LoggerMessage(1060, LogLevel.Error, "{Kind} is not sent any more for {Minutes:0} min: {Count} have failed in blocks with {Reason}, each for a fee. Look at why before more is spent", EventName = "KindStopped")]
        public static partial void Stopped(ILogger logger, string kind, int count, MarketRefusal reason, double minutes);

        [LoggerMessage(1061, LogLevel.Information, "{Kind} is sent again as usual: one was carried out", EventName = "KindFree")]
        public static partial void Free(ILogger logger, string kind);
    }
}
