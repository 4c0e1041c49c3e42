using Microsoft.Extensions.Diagnostics.HealthChecks;
using ProviderAgent.Hosting.Systemd;

namespace ProviderAgent.Hosting;

/// <summary>Tells the service manager that the daemon is ready, and that it is alive for as long as every loop of it turns.</summary>
internal sealed partial class Watchdog(SystemdNotifier notifier, HealthCheckService health, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<Watchdog> log) : BackgroundService
{
    /// <summary>Tag of the checks that count: they look at our own loops, never at chain or engine, which a restart would not bring back.</summary>
    public const string LiveTag = "live";

    private bool _wasHealthy = true;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        lifetime.ApplicationStarted.Register(() => notifier.Ready("serving"));
        lifetime.ApplicationStopping.Register(notifier.Stopping);
        if (notifier.WatchdogInterval is not { } interval) return;
        using var timer = new PeriodicTimer(interval / 3, time);
        do
        {
            var report = await health.CheckHealthAsync(check => check.Tags.Contains(LiveTag), stoppingToken);
            var healthy = report.Status == HealthStatus.Healthy;
            if (healthy) notifier.Watchdog();
            else if (_wasHealthy) Log.Stuck(log, string.Join("; ", report.Entries.Where(entry => entry.Value.Status != HealthStatus.Healthy).Select(entry => $"{entry.Key}: {entry.Value.Description}")));
            _wasHealthy = healthy;
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static partial class Log
    {
        [LoggerMessage(9020, LogLevel.Critical, "A loop is stuck ({Which}); the service manager will restart the daemon, containers keep running", EventName = "Stuck")]
        public static partial void Stuck(ILogger logger, string which);
    }
}
