using System.Net;
using System.Net.NetworkInformation;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Watches whether this host can be reached, keeps the router's mappings, and tells. It stops nothing and closes nothing.</summary>
/// <remarks>On the way out mappings stay, so that tenants are reached over a restart; without the daemon they end by themselves.</remarks>
internal sealed partial class ReachWatch(
    ReachProbe probe,
    MappingKeeper keeper,
    IGatewayDoor gateway,
    IWorkloads workloads,
    LeaseNotes notes,
    ReachMetrics metrics,
    IOptionsMonitor<ReachOptions> options,
    IOptionsMonitor<IngressOptions> ingress,
    IOptionsMonitor<WorkloadOptions> tenants,
    TimeProvider time,
    ILogger<ReachWatch> log) : BackgroundService, IReachView, IHealthCheck
{
    private readonly WakeSignal<bool> _wake = new(time);
    private readonly Dictionary<string, int> _unknownLooks = new(StringComparer.Ordinal);
    private readonly HashSet<(LeaseId Lease, string Port)> _noted = [];
    private ReachSnapshot _snapshot = ReachSnapshot.Empty;
    private object _wanted = new ValueList<WantedPort>();
    private IPAddress? _seenAs;
    private AddressChange? _change;
    private string? _trouble;

    /// <inheritdoc/>
    public ReachSnapshot Snapshot => Volatile.Read(ref _snapshot);

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var problems = Snapshot.Problems.Select(finding => finding.Detail).ToArray();
        return Task.FromResult(problems.Length == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded(string.Join("; ", problems)));
    }

    /// <summary>One look and what follows from it.</summary>
    internal async Task LookAsync(CancellationToken ct)
    {
        ReachLook look;
        try
        {
            look = await probe.LookAsync(ct);
            _trouble = null;
        }
        catch (NetworkInformationException error)
        {
            if (_trouble is null) Log.NotLooked(log, error.Message);
            _trouble = error.Message;
            return; // what was known before stays
        }

        var facts = look.Facts with { Names = look.Facts.Names.Select(Counted).ToValueList(), Ports = await MapAsync(look, ct) };
        facts = facts with { Change = NoteAddress(facts) };
        var (names, findings) = ReachJudge.Judge(facts);
        if (names.All(name => name.Stage is NameStage.Here or NameStage.Inside)) _change = null;
        var seen = new ReachSnapshot(time.GetUtcNow(), facts.Network, facts.Router, facts.SeenAs, facts.IsBehindAnother, names, facts.Ports, findings);
        TellNews(Snapshot, seen);
        Volatile.Write(ref _snapshot, seen);
        metrics.Seen(seen);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        workloads.Changed += WakeForPorts;
        using var reload = options.OnChange((_, _) => _wake.Wake(true));
        try
        {
            while (true)
            {
                await LookAsync(stoppingToken);
                await _wake.WaitAsync(options.CurrentValue.Interval, onTimer: false, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Mappings outlive this process until it is back.
        }
        finally
        {
            workloads.Changed -= WakeForPorts;
        }
    }

    /// <summary>A new lease's ports are not to wait for the next turn.</summary>
    private void WakeForPorts()
    {
        if (options.CurrentValue.Router != RouterMode.None && !Wanted().Equals((ValueList<WantedPort>)Volatile.Read(ref _wanted))) _wake.Wake(true);
    }

    private ValueList<WantedPort> Wanted() => WantedPorts.Of(gateway, ingress.CurrentValue, tenants.CurrentValue, workloads.Snapshot);

    private async Task<ValueList<PortState>> MapAsync(ReachLook look, CancellationToken ct)
    {
        if (look.Facts.Router is not { } router) return [];
        var isAll = workloads.Snapshot.ReadAt is not null; // asked first: what is read then is at least as new
        var wanted = Wanted();
        Volatile.Write(ref _wanted, wanted);
        return look.Router is { } answer
            ? await keeper.KeepAsync(answer.Router, answer.Look, look.Facts.Network, wanted, isAll, options.CurrentValue.MappingLease, ct)
            : MappingKeeper.Waiting(wanted, router.Problem ?? "");
    }

    private NameFacts Counted(NameFacts name)
    {
        var count = name.Lookup is NameLookup.Unknown ? _unknownLooks.GetValueOrDefault(name.Name) + 1 : 0;
        _unknownLooks[name.Name] = count;
        return name with { UnknownLooks = count };
    }

    /// <summary>Sees a change of the address, which is told until all names follow.</summary>
    private AddressChange? NoteAddress(ReachFacts facts)
    {
        if (facts.SeenAs is not { } now) return _change; // not known is no change
        if (_seenAs is { } before && !before.Equals(now))
        {
            _change = new(before, now, time.GetUtcNow());
            metrics.AddressChanged();
            Log.AddressChanged(log, before, now);
        }

        _seenAs = now;
        return _change;
    }

    private void TellNews(ReachSnapshot before, ReachSnapshot now)
    {
        var known = before.Problems.ToHashSet();
        foreach (var finding in now.Problems.Where(finding => !known.Contains(finding))) Log.Found(log, finding.Detail);
        var names = now.Problems.Select(finding => finding.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in before.Problems.Where(finding => !names.Contains(finding.Name))) Log.Solved(log, gone.Name);
        var mapped = before.Ports.Where(IsMapped).Select(state => state.Port).ToHashSet();
        foreach (var state in now.Ports.Where(state => IsMapped(state) && !mapped.Contains(state.Port))) Log.Mapped(log, state.Port, state.Port.Purpose);
        TellTenants(now);

        static bool IsMapped(PortState state) => state.Stage is MappingStage.Mapped or MappingStage.Foreign;
    }

    /// <summary>A tenant hears once of a port that its visitors cannot use.</summary>
    private void TellTenants(ReachSnapshot now)
    {
        var shut = now.Ports.Where(state => state is { Stage: MappingStage.Taken or MappingStage.Refused, Port.Lease: not null }).ToDictionary(state => (state.Port.Lease!.Value, state.Port.ToString()));
        _noted.RemoveWhere(noted => !shut.ContainsKey(noted));
        foreach (var (key, state) in shut)
        {
            if (_noted.Add(key)) notes.Add(key.Value, state.Port.Service, state.Port.Replica, $"its port {state.Port} cannot be reached from outside: the provider's router does not lead it here; this is tried again");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4400, LogLevel.Warning, "The internet sees this host as {Now} now, no longer as {Before}; it is told until all names follow", EventName = "AddressChanged")]
        public static partial void AddressChanged(ILogger logger, IPAddress before, IPAddress now);

        [LoggerMessage(4401, LogLevel.Warning, "Reach from outside: {Finding}. Leases and bids go on", EventName = "ReachProblem")]
        public static partial void Found(ILogger logger, string finding);

        [LoggerMessage(4402, LogLevel.Information, "Reach from outside: {Name} is in order again", EventName = "ReachSolved")]
        public static partial void Solved(ILogger logger, string name);

        [LoggerMessage(4403, LogLevel.Warning, "This host's interfaces cannot be listed, so nothing is known of the way to it: {Reason}", EventName = "ReachNotLooked")]
        public static partial void NotLooked(ILogger logger, string reason);

        [LoggerMessage(4404, LogLevel.Information, "The router leads {Port} to this host ({Purpose})", EventName = "PortMapped")]
        public static partial void Mapped(ILogger logger, WantedPort port, string purpose);
    }
}
