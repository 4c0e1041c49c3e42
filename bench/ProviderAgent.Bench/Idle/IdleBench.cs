using System.Globalization;
using ProviderAgent.Bench.Reporting;
using ProviderAgent.Bench.World;

namespace ProviderAgent.Bench.Idle;

/// <summary>What the daemon costs while it has no lease: its start, its memory, its processor time.</summary>
internal static class IdleBench
{
    public const string Name = "idle";

    private const double TargetReadyMs = 1000;
    private const double TargetRssMib = 100;
    private const double TargetProcessorPercent = 0.5;
    private const int Starts = 5;

    // The real chain's pace, about.
    private static readonly TimeSpan BlockTime = TimeSpan.FromSeconds(6);

    /// <param name="program">The daemon.</param>
    /// <param name="label">What kind of build it is.</param>
    /// <param name="settle">How long it rests before it is looked at, and how long it is then watched.</param>
    /// <param name="time">Clock.</param>
    /// <param name="ct">Stops.</param>
    public static async Task<BenchResult> RunAsync(string program, string label, TimeSpan settle, TimeProvider time, CancellationToken ct)
    {
        await using var market = await LocalMarket.StartAsync(program, BlockTime, tenants: 0, ct);
        var ready = new List<double>();
        for (var i = 1; i < Starts; i++)
        {
            await using var started = await market.StartDaemonAsync(market.Chain.RpcAddress, [], time, ct);
            ready.Add(started.ReadyAfter.TotalMilliseconds);
        }

        await using var daemon = await market.StartDaemonAsync(market.Chain.RpcAddress, [], time, ct);
        ready.Add(daemon.ReadyAfter.TotalMilliseconds);
        await Task.Delay(settle, time, ct);
        var (rss, pss, own) = ProcessFigures.Memory(daemon.Id);
        var (before, since) = (ProcessFigures.ProcessorSeconds(daemon.Id), time.GetTimestamp());
        await Task.Delay(settle, time, ct);
        var processor = 100 * (ProcessFigures.ProcessorSeconds(daemon.Id) - before) / time.GetElapsedTime(since).TotalSeconds;

        return new(Name, string.Create(CultureInfo.InvariantCulture, $"{label}, {BlockTime.TotalSeconds} s blocks, no lease, {settle.TotalSeconds} s at rest, then watched for as long"),
        [
            new($"ready after start, median of {Starts}", "ms", Percentiles.Median(ready), Target: TargetReadyMs),
            new($"ready after start, best of {Starts}", "ms", ready.Min()),
            new("resident memory (RSS)", "MiB", rss, Target: TargetRssMib),
            new("resident memory, shared pages in part (PSS)", "MiB", pss),
            new("memory of its own (private)", "MiB", own),
            new("processor, share of one core", "%", processor, Target: TargetProcessorPercent),
        ]);
    }
}
