using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Docker;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Sees within seconds when something else on this host takes the firewall away, and reads what it has counted.</summary>
internal sealed partial class GuardWatch(
    TenantGuard guard,
    INetworkGuard firewall,
    EngineChains chains,
    LeaseNetworks networks,
    WatchedHosts watched,
    GuardReadings readings,
    LeaseBook book,
    ISignalStore store,
    GuardMetrics metrics,
    IOptionsMonitor<WorkloadOptions> options,
    TimeProvider time,
    ILogger<GuardWatch> log) : BackgroundService
{
    private static readonly TimeSpan LookAfter = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan TryNetworkAfter = TimeSpan.FromSeconds(10);

    private long? _readAt;
    private long _triedAt;
    private long _remade;
    private bool _isUnread;

    /// <summary>One reading of what was counted.</summary>
    public async Task ReadOnceAsync(CancellationToken ct)
    {
        try
        {
            var counts = await firewall.ReadAsync(ct);
            _isUnread = false;
            foreach (var (lease, signal, isNews) in readings.Take(counts, [.. book.Open.Select(lease => lease.Id)], options.CurrentValue.Network.Signals))
            {
                await store.SaveAsync(lease, signal, ct);
                if (isNews) Log.Signal(log, lease, signal.Text);
            }
        }
        catch (NetworkGuardException error)
        {
            if (!_isUnread) Log.NotRead(log, error);
            _isUnread = true;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        metrics.Observe(readings, guard);
        foreach (var (lease, signal) in await store.ListSignalsAsync(stoppingToken))
        {
            if (book.Find(lease) is not null) readings.Restore(lease, signal);
            else await store.RemoveSignalsAsync(lease, stoppingToken); // seen while the lease ended
        }

        using var timer = new PeriodicTimer(LookAfter, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var network = options.CurrentValue.Network;
            await TryNetworkAsync(stoppingToken);
            if (network.Guard == NetworkGuardMode.Off) continue;
            await watched.RefreshAsync(stoppingToken);
            await guard.EnsureLatestAsync(stoppingToken);
            if (guard.Problem is not null || !guard.IsKnown || (_readAt is { } at && time.GetElapsedTime(at) < network.Signals.Interval)) continue;
            _readAt = time.GetTimestamp();
            await ReadOnceAsync(stoppingToken);
        }
    }

    /// <summary>Whatever took our table away may have taken the engine's own rules too, and that is better known before the next lease is won; so is that they are back.</summary>
    internal async Task TryNetworkAsync(CancellationToken ct)
    {
        var isNews = guard.Remade != _remade;
        if (!isNews && (chains.Problem is null || time.GetElapsedTime(_triedAt) < TryNetworkAfter)) return;
        _triedAt = time.GetTimestamp();
        try
        {
            await networks.TryAsync(ct);
            _remade = guard.Remade;
        }
        catch (EngineException error)
        {
            Log.NetworkNotTried(log, error); // it is away, or busy: the next turn tries again
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4076, LogLevel.Debug, "Whether the container engine can still make networks could not be tried", EventName = "NetworkNotTried")]
        public static partial void NetworkNotTried(ILogger logger, Exception error);

        [LoggerMessage(4074, LogLevel.Warning, "{Lease} {Signal}. Nothing is closed because of it: see 'provider-agent leases' and decide", EventName = "Signal")]
        public static partial void Signal(ILogger logger, LeaseId lease, string signal);

        [LoggerMessage(4075, LogLevel.Warning, "What the firewall has counted cannot be read; no signs of abuse are seen until it can", EventName = "NotRead")]
        public static partial void NotRead(ILogger logger, Exception error);
    }
}
