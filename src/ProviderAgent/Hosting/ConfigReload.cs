using System.Runtime.InteropServices;
using ProviderAgent.Config;
using ProviderAgent.Hosting.Systemd;

namespace ProviderAgent.Hosting;

/// <summary>Reads the configuration again on SIGHUP. One that has mistakes changes nothing.</summary>
internal sealed partial class ConfigReload(ConfigStore store, ConfigLoader loader, ConfigSources sources, SystemdNotifier notifier, TimeProvider time, ILogger<ConfigReload> log)
    : IHostedService, IDisposable
{
    // Read once at start; everything else takes effect at once.
    private static readonly string[] NeedsRestart = ["chain.", "engine.", "state.", "operator.", "gateway.rest", "ingress.mode", "bidding.evaluators", "workloads.parallel_pulls"];

    private PosixSignalRegistration? _signal;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _signal = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            Reload();
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _signal?.Dispose();

    /// <summary>Reads, checks and, when there is no mistake, applies as one snapshot.</summary>
    internal void Reload()
    {
        notifier.Reloading(time.GetElapsedTime(0));
        try
        {
            var next = loader.Load(sources);
            var changes = EffectiveConfig.Difference(store.Current, next);
            store.Replace(next);
            if (changes.Count == 0) Log.Same(log);
            foreach (var change in changes)
            {
                if (NeedsRestart.Any(prefix => change.StartsWith(prefix, StringComparison.Ordinal))) Log.ChangedLater(log, change);
                else Log.Changed(log, change);
            }
        }
        catch (ConfigException error)
        {
            foreach (var problem in error.Problems) Log.Refused(log, problem);
            Log.Kept(log);
        }

        notifier.Ready("serving");
    }

    private static partial class Log
    {
        [LoggerMessage(9030, LogLevel.Information, "Configuration read again; nothing has changed", EventName = "Same")]
        public static partial void Same(ILogger logger);

        [LoggerMessage(9031, LogLevel.Information, "Configuration changed: {Change}", EventName = "Changed")]
        public static partial void Changed(ILogger logger, string change);

        [LoggerMessage(9032, LogLevel.Warning, "Configuration changed: {Change} (takes effect at the next start)", EventName = "ChangedLater")]
        public static partial void ChangedLater(ILogger logger, string change);

        [LoggerMessage(9033, LogLevel.Error, "Configuration mistake: {Problem}", EventName = "Refused")]
        public static partial void Refused(ILogger logger, ConfigProblem problem);

        [LoggerMessage(9034, LogLevel.Error, "The new configuration was not applied; the one from before stays in force", EventName = "Kept")]
        public static partial void Kept(ILogger logger);
    }
}
