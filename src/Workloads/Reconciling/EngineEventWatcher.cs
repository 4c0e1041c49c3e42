using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ProviderAgent.Docker;
using ProviderAgent.Docker.Models;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Follows the engine's events, so that a container that ends is seen at once. Events only wake: none is trusted or needed.</summary>
internal sealed partial class EngineEventWatcher(IDockerClient engine, IMarketplace market, EngineReader reader, EngineGate gate, Reconciler reconciler, TimeProvider time, ILogger<EngineEventWatcher> log)
    : BackgroundService
{
    // Shells, and each run of a health check, raise events of their own all the time; those say nothing about what runs. Health that has changed
    // raises one of these, and none while it stays the same.
    internal static readonly string[] Telling = ["create", "start", "die", "destroy", "pause", "unpause", "oom", "rename", "health_status"];

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = FirstPause;
        var parameters = new ContainerEventsParameters
        {
            Filters = new Dictionary<string, IDictionary<string, bool>>
            {
                ["type"] = new Dictionary<string, bool> { ["container"] = true },
                ["label"] = new Dictionary<string, bool> { [$"{WorkloadNames.ProviderLabel}={market.Account}"] = true },
                ["event"] = Telling.ToDictionary(name => name, _ => true),
            },
            // What happened before this moment nobody will tell.
            Opened = () =>
            {
                reader.ForgetAll();
                reconciler.Wake(LookCause.Event);
            },
        };
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await engine.System.MonitorEventsAsync(parameters, new DirectProgress<Message>(message =>
                {
                    pause = FirstPause;
                    reader.Forget(message.Actor.ID);
                    reconciler.Wake(LookCause.Event);
                }), stoppingToken);
            }
            catch (EngineException error)
            {
                Log.Cut(log, error);
            }

            // The engine may be another by now, with other settings. If it is away, that is noticed now and not at the next sweep.
            gate.Forget();
            reconciler.Wake(LookCause.Event);
            await Task.Delay(pause, time, stoppingToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4080, LogLevel.Debug, "The engine's events are cut off; everything is read anew", EventName = "Cut")]
        public static partial void Cut(ILogger logger, Exception error);
    }
}
