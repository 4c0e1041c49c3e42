using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Ledger;

/// <summary>Keeps the ledger bounded: forgets old decisions and finished history, in small steps between other writes.</summary>
internal sealed partial class LedgerMaintenance(
    LedgerDatabase ledger, IOptionsMonitor<StateOptions> options, TimeProvider time, ILogger<LedgerMaintenance> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Rows per step. Small, because no other write happens meanwhile.</summary>
    internal const int Step = 500;

    // Far longer than any daemon stays down while its containers run: they would be counted from their start again.
    private static readonly TimeSpan ForgottenContainerAge = TimeSpan.FromDays(400);

    /// <summary>One round over all tables.</summary>
    /// <returns>Rows forgotten.</returns>
    /// <exception cref="LedgerUnavailableException">The storage failed; the next round goes on.</exception>
    internal async Task<long> RunOnceAsync(CancellationToken ct)
    {
        var (now, keep) = (time.GetUtcNow(), options.CurrentValue);
        var history = Before(now, keep.HistoryAge);
        return await RepeatAsync(() => ledger.Decisions.PruneAsync(Before(now, keep.DecisionAge), keep.DecisionRows, Step, ct)).ConfigureAwait(false)
            + await RepeatAsync(() => ledger.SeenOrders.PruneAsync(history, keep.OrderRows, Step, ct)).ConfigureAwait(false)
            + await RepeatAsync(() => ledger.Intents.PruneAsync(history, Step, ct)).ConfigureAwait(false)
            + await RepeatAsync(() => ledger.Transactions.PruneAsync(history, Step, ct)).ConfigureAwait(false)
            + await RepeatAsync(() => ledger.Usage.ForgetContainersAsync(Before(now, ForgottenContainerAge), Step, ct)).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                var rows = await RunOnceAsync(stoppingToken).ConfigureAwait(false);
                if (rows > 0) Log.Forgotten(log, rows);
            }
            catch (LedgerUnavailableException e)
            {
                Log.Postponed(log, e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    /// <summary>A moment <paramref name="age"/> ago; the oldest possible one when the clock is set that far back.</summary>
    private static DateTimeOffset Before(DateTimeOffset now, TimeSpan age) => now - DateTimeOffset.MinValue > age ? now - age : DateTimeOffset.MinValue;

    private static async Task<long> RepeatAsync(Func<Task<int>> step)
    {
        long sum = 0;
        int rows;
        do sum += rows = await step().ConfigureAwait(false);
        while (rows == Step);
        return sum;
    }

    private static partial class Log
    {
        [LoggerMessage(7030, LogLevel.Debug, "{Rows} rows of old history were forgotten", EventName = "Forgotten")]
        public static partial void Forgotten(ILogger logger, long rows);

        [LoggerMessage(7031, LogLevel.Warning, "Old history could not be forgotten; tried again in an hour", EventName = "Postponed")]
        public static partial void Postponed(ILogger logger, Exception error);
    }
}
