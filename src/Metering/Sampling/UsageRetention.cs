using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Metering;

/// <summary>Has old samples folded into days, a few at a time.</summary>
internal sealed partial class UsageRetention(IUsageLog usage, IOptionsMonitor<MeteringOptions> options, TimeProvider time, ILogger<UsageRetention> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Samples per step: about a tenth of a second of the ledger's time.</summary>
    internal const int Step = 5_000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                var before = time.GetUtcNow() - options.CurrentValue.Retention;
                while (await usage.FoldAsync(before, Step, stoppingToken).ConfigureAwait(false) == Step)
                {
                }
            }
            catch (MeteringUnavailableException e)
            {
                Log.FoldPostponed(log, e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private static partial class Log
    {
        [LoggerMessage(5010, LogLevel.Warning, "Old samples could not be folded into days; tried again in an hour", EventName = "FoldPostponed")]
        public static partial void FoldPostponed(ILogger logger, Exception error);
    }
}
