using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Bidding;

/// <summary>Notices that orders pass and none is bid on, and says why they were declined.</summary>
/// <remarks>Counts by reason since the last bid, so memory does not grow. Safe for concurrent use.</remarks>
internal sealed partial class SilenceAlarm(IOptionsMonitor<BiddingOptions> options, TimeProvider time, ILogger<SilenceAlarm> log)
{
    private const int Shown = 3;

    private readonly Lock _gate = new();
    private readonly Dictionary<DeclineReason, long> _declined = [];
    private long _since = time.GetTimestamp();
    private string? _alarm;

    /// <summary>What is wrong, with the top reasons; null when nothing is.</summary>
    public string? Alarm => Volatile.Read(ref _alarm);

    public void Declined(DeclineReason reason)
    {
        lock (_gate) _declined[reason] = _declined.GetValueOrDefault(reason) + 1;
    }

    public void Bid()
    {
        lock (_gate)
        {
            _declined.Clear();
            _since = time.GetTimestamp();
            if (_alarm is not null) Log.SilenceEnds(log);
            _alarm = null;
        }
    }

    /// <summary>Looks whether it is time to say something. Called with each sweep.</summary>
    public void Check()
    {
        lock (_gate)
        {
            var after = options.CurrentValue.AlarmAfter;
            var silent = time.GetElapsedTime(_since);
            var orders = _declined.Values.Sum();
            if (after == TimeSpan.Zero || silent < after || orders == 0)
            {
                _alarm = null;
                return;
            }

            var top = _declined.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).Take(Shown)
                .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} ({pair.Value})"));
            var text = string.Create(CultureInfo.InvariantCulture, $"{orders} orders seen, none bid on for {(long)silent.TotalMinutes} min; top reasons: {string.Join(", ", top)}. 'provider-agent bids' and 'why ORDER' say more");
            if (_alarm is null) Log.Silence(log, text);
            _alarm = text;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3093, LogLevel.Warning, "{Text}", EventName = "NoBids")]
        public static partial void Silence(ILogger logger, string text);

        [LoggerMessage(3094, LogLevel.Information, "Orders are bid on again", EventName = "BidsAgain")]
        public static partial void SilenceEnds(ILogger logger);
    }
}
