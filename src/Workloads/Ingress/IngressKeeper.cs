using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Keeps the routes equal to what runs: when something happened, and on a timer anyway.</summary>
internal sealed partial class IngressKeeper(
    IWorkloads workloads,
    HostNameBook names,
    CertificateShelf certificates,
    IIngress ingress,
    IPublicHostName host,
    IngressMetrics metrics,
    IOptionsMonitor<IngressOptions> options,
    TimeProvider time,
    ILogger<IngressKeeper> log) : BackgroundService, IIngressView, IHealthCheck
{
    // What went wrong with the proxy or its files is put right within this.
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(2);

    // A look tests, reloads and waits, each with a deadline of its own.
    private static readonly TimeSpan TurnAllowance = TimeSpan.FromMinutes(3);

    private readonly WakeSignal<bool> _wake = new(time);
    private readonly ConcurrentDictionary<LeaseId, WebLease> _latest = new();
    private IngressSnapshot _snapshot = IngressSnapshot.Empty;
    private bool _storageFails;
    private long _turnedAt = time.GetTimestamp();

    /// <inheritdoc/>
    public IngressSnapshot Snapshot => Volatile.Read(ref _snapshot);

    /// <summary>Says "look again". May be lost or doubled without harm.</summary>
    public void Wake() => _wake.Wake(true);

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var age = time.GetElapsedTime(Volatile.Read(ref _turnedAt));
        return Task.FromResult(age < Turn + TurnAllowance ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"host names were not compared with what runs for {age.TotalSeconds:0} s"));
    }

    /// <summary>One look and what follows from it.</summary>
    internal async Task KeepOnceAsync(CancellationToken ct)
    {
        var now = options.CurrentValue;
        var snapshot = workloads.Snapshot;
        // Before the engine was read once nothing is known: what the proxy serves from before goes on, for containers outlive an engine that is away.
        if (snapshot.ReadAt is null)
        {
            await ingress.ResumeAsync(ct);
            return;
        }

        if (ingress is NoIngress)
        {
            metrics.Seen(await ingress.ApplyAsync(new([], new Dictionary<string, ServingCertificate>()), ct), IngressSnapshot.Empty, routes: 0);
            return;
        }

        var leases = Leases(snapshot).ToArray();
        await HoldNamesAsync(leases, snapshot, ct);
        var domain = now.GeneratedNames ? host.IngressDomain : "";
        var (built, states) = new RouteBuilder(domain, name => names.Find(name)?.Lease, name => !now.RequireOwnership || names.Find(name)?.ProvenAt is not null).Build(leases);
        // A service that has never run gets its route together with its first replica: each change of routes costs a reload, of which there is
        // one a second at most.
        var routes = built.Where(route => route.Upstreams.Count > 0 || snapshot.Leases[route.Lease].Lease.Stage != LeaseStage.Deploying).ToValueList();
        var hosts = routes.SelectMany(route => route.Hosts).ToHashSet(StringComparer.Ordinal);
        var covered = certificates.Choose(hosts, domain);
        var report = await ingress.ApplyAsync(new(routes, covered), ct);
        var seen = new IngressSnapshot(
            states.Select(state => state with
            {
                Stage = state.Stage == HostStage.Waiting && report.IsServing && hosts.Contains(state.Host) ? HostStage.Routed : state.Stage,
                Detail = state.Stage == HostStage.Waiting && !report.IsServing ? report.Problem : state.Detail,
                CertificateUntil = covered.GetValueOrDefault(state.Host)?.NotAfter,
            }).ToValueList(),
            report.Problem,
            certificates.Problems);
        TellNews(Snapshot, seen);
        Volatile.Write(ref _snapshot, seen);
        metrics.Seen(report, seen, routes.Count);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        workloads.Changed += Wake;
        names.Changed += Wake;
        certificates.Changed += Wake;
        using var reload = options.OnChange((_, _) => Wake());
        try
        {
            while (true)
            {
                await KeepOnceAsync(stoppingToken);
                Volatile.Write(ref _turnedAt, time.GetTimestamp());
                await _wake.WaitAsync(Turn, onTimer: false, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What the proxy serves outlives this process.
        }
        finally
        {
            workloads.Changed -= Wake;
            names.Changed -= Wake;
            certificates.Changed -= Wake;
        }
    }

    /// <summary>Leases whose services may be routed. One whose newest manifest cannot run goes on with what runs of the one before.</summary>
    private IEnumerable<WebLease> Leases(WorkloadSnapshot snapshot)
    {
        foreach (var gone in _latest.Keys.Where(lease => !snapshot.Leases.ContainsKey(lease))) _latest.TryRemove(gone, out _);
        foreach (var (id, view) in snapshot.Leases)
        {
            if (view.Lease.Stage is LeaseStage.Closing or LeaseStage.Closed) continue;
            if (view.Group is { } group) _latest[id] = new(id, group, view.Actual.Containers) { Wanted = (view.Desired?.Containers ?? []).Select(spec => spec.Hash()).ToHashSet(StringComparer.Ordinal) };
            else if (_latest.TryGetValue(id, out var before)) _latest[id] = before with { Containers = view.Actual.Containers };
            if (_latest.TryGetValue(id, out var lease)) yield return lease;
        }
    }

    /// <summary>Brings the names that leases hold up to date. Storage that fails changes nothing about what is routed already.</summary>
    private async Task HoldNamesAsync(IEnumerable<WebLease> leases, WorkloadSnapshot snapshot, CancellationToken ct)
    {
        try
        {
            foreach (var lease in leases) await HoldNamesAsync(lease, snapshot.Leases[lease.Lease].Lease, ct);
            _storageFails = false;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            if (!_storageFails) Log.NotHeld(log, error);
            _storageFails = true;
        }
    }

    /// <summary>Takes names that have become free, and gives up those that the manifest that proved good names no more.</summary>
    private async Task HoldNamesAsync(WebLease lease, LeaseRecord record, CancellationToken ct)
    {
        var wanted = RouteBuilder.CustomHosts(lease.Group).Where(name => HostName.IsSafe(name)).ToHashSet(StringComparer.Ordinal);
        var free = wanted.Where(name => names.Find(name) is not { } held || (held.Lease != lease.Lease && held.Lease.Group == lease.Lease.Group)).ToArray();
        if (free.Length > 0) await names.ReserveAsync(lease.Lease, free, ct);
        if (record.Manifest is not null && record.GoodManifest == record.Manifest && names.Of(lease.Lease).Any(held => !wanted.Contains(held.Name)))
            await names.ReleaseAsync(lease.Lease, wanted, ct);
    }

    private void TellNews(IngressSnapshot before, IngressSnapshot now)
    {
        var known = before.Hosts.Where(state => state.Stage == HostStage.Routed).Select(state => (state.Lease, state.Service, state.Host)).ToHashSet();
        foreach (var state in now.Hosts.Where(state => state.Stage == HostStage.Routed && !known.Contains((state.Lease, state.Service, state.Host))))
            Log.Routed(log, state.Host, state.Service, state.Lease);
    }

    private static partial class Log
    {
        [LoggerMessage(4311, LogLevel.Error, "Which lease holds which host name cannot be stored; names that are held already go on, new ones wait", EventName = "NamesNotHeld")]
        public static partial void NotHeld(ILogger logger, Exception error);

        [LoggerMessage(4310, LogLevel.Information, "{Host} leads to the service {Service} of {Lease}", EventName = "HostRouted")]
        public static partial void Routed(ILogger logger, string host, string service, LeaseId lease);
    }
}
