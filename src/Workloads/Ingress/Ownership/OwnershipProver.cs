using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Looks for the DNS records of host names that nobody has proven yet. What was proven once stays so while its lease holds the name.</summary>
internal sealed partial class OwnershipProver(
    IngressKeeper keeper,
    HostNameBook names,
    DnsResolver resolver,
    IngressMetrics metrics,
    IOptionsMonitor<IngressOptions> options,
    TimeProvider time,
    ILogger<OwnershipProver> log) : BackgroundService
{
    private const int SideBySide = 8;
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AskAgain = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, long> _askedAt = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Turn, time);
        do await TurnAsync(stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Asks for the names whose turn it is.</summary>
    internal async Task TurnAsync(CancellationToken ct)
    {
        if (!options.CurrentValue.RequireOwnership) return;
        var open = keeper.Snapshot.Hosts.Where(host => host.Stage == HostStage.Unproven).DistinctBy(host => host.Host).ToArray();
        foreach (var done in _askedAt.Keys.Except(open.Select(host => host.Host)).ToArray()) _askedAt.Remove(done);
        var due = open.Where(host => !_askedAt.TryGetValue(host.Host, out var at) || time.GetElapsedTime(at) >= AskAgain).ToArray();
        foreach (var host in due) _askedAt[host.Host] = time.GetTimestamp();
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = ct }, async (host, stop) => await AskAsync(host, stop));
    }

    private async Task AskAsync(HostState host, CancellationToken ct)
    {
        var answer = await resolver.FindTextsAsync(NameServers.Of(options.CurrentValue), OwnershipRecord.NameFor(host.Host), ct);
        var owner = host.Lease.Owner;
        if (answer is DnsTexts.Found { Texts: var texts } && OwnershipRecord.Proves(texts, owner))
        {
            await names.ProveAsync(host.Host, owner, ct);
            metrics.Checked("proven");
            Log.Proven(log, host.Host, owner);
            return;
        }

        metrics.Checked(answer is DnsTexts.Unknown ? "unknown" : "missing");
        if (answer is DnsTexts.Unknown { Why: var why }) Log.Unknown(log, host.Host, why);
    }

    private static partial class Log
    {
        [LoggerMessage(4320, LogLevel.Information, "{Owner} has shown that {Host} may be used", EventName = "HostProven")]
        public static partial void Proven(ILogger logger, string host, AccountAddress owner);

        [LoggerMessage(4321, LogLevel.Warning, "Whether {Host} may be used cannot be found out now: {Why}", EventName = "HostUnknown")]
        public static partial void Unknown(ILogger logger, string host, string why);
    }
}
