using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ProviderAgent.Adapters;
using ProviderAgent.Bidding;
using ProviderAgent.Cli.Verbs;
using ProviderAgent.Config;
using ProviderAgent.Inventory;
using ProviderAgent.Ledger;
using ProviderAgent.Market;
using ProviderAgent.Marketplace;
using ProviderAgent.Metering;
using ProviderAgent.Operator.Views;
using ProviderAgent.Workloads;

namespace ProviderAgent.Operator;

/// <summary>Gathers what the operator asks for. Reads memory and the ledger; only the earnings ask the chain, and do without it when it is away.</summary>
internal sealed class OperatorReader(
    IMarketplace market,
    LedgerDatabase ledger,
    IBiddingStatus bidding,
    IReservationBook reservations,
    LeaseBook book,
    IWorkloads workloads,
    IManifestDeadline manifests,
    ITenantDisks disks,
    IIngressView ingress,
    IReachView reach,
    EarningsReader earnings,
    FeeFloat feeFloat,
    MarketPresence presence,
    IOptionsMonitor<ProviderOptions> provider,
    TimeProvider time)
{
    private const int RecentDecisions = 20;
    private const int RecentActs = 20;

    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    public StatusView Status()
    {
        var chain = market.Health;
        var snapshot = workloads.Snapshot;
        var storage = ledger.Health;
        var state = bidding.Current;
        var stock = reservations.Snapshot;
        var engine = new PartView(!snapshot.IsStale && snapshot.EngineProblem is null, snapshot.EngineProblem ?? (snapshot.IsStale
            ? $"does not answer{(snapshot.ReadAt is { } at ? $" since {at:u}" : "")}; start it with 'systemctl start docker'"
            : "answers"));
        return new(
            1,
            VersionVerb.Current.Version,
            market.Account.Value,
            provider.CurrentValue.HostUri?.OriginalString ?? "",
            _startedAt,
            new(chain.IsReachable, chain.Network, chain.Tick?.Value, chain.TickTime is { } made ? Math.Max(0, (time.GetUtcNow() - made).TotalSeconds) : null, chain.Detail),
            engine,
            new(storage.IsWritable, storage.Detail),
            new(state.IsReady, state.Draining, state.Paused, state.LiveOrders, state.OpenBids.Count, state.LastDecisionAt, state.LastBidAt),
            book.Open.Count(lease => lease.Stage != LeaseStage.Closing),
            [.. stock.Lines.Select(line => new ResourceView(OptionNames.Key(line.Kind.ToString()), line.Total, line.Used, line.Free, line.Fault))],
            [.. Problems(chain, engine, storage, state, stock, snapshot)])
        {
            Reach = Reach(reach.Snapshot),
        };
    }

    public LeasesView Leases()
    {
        var snapshot = workloads.Snapshot;
        var rows = book.Open.OrderBy(lease => lease.Id.ToString(), StringComparer.Ordinal).Select(lease => Row(lease, snapshot.Leases.GetValueOrDefault(lease.Id)));
        return new(1, snapshot.IsStale, [.. rows]);
    }

    public async Task<BidsView> BidsAsync(CancellationToken ct)
    {
        var recent = await ledger.Decisions.ListRecentAsync(RecentDecisions, ct);
        var reasons = await ledger.Decisions.CountByReasonAsync(time.GetUtcNow() - TimeSpan.FromDays(1), ct);
        return new(
            1,
            [.. bidding.Current.OpenBids.Select(bid => new BidRow(bid.Order.ToString(), bid.Stage, bid.Price?.ToString(), bid.TimeLeft?.TotalSeconds))],
            [.. recent.Select(Decision)],
            [.. reasons.Select(reason => new ReasonRow(Name(reason.Result), reason.Reason, reason.Orders))]);
    }

    /// <summary>The stored decision on an order; null when there is none.</summary>
    public async Task<WhyView?> WhyAsync(OrderId order, CancellationToken ct)
    {
        if (await ledger.Decisions.FindAsync(order, ct) is not { } decision) return null;
        var seen = await ledger.SeenOrders.FindAsync(order, ct);
        var acts = await ledger.Intents.ListBySubjectAsync(new BidId(order, market.Account).ToString(), RecentActs, ct);
        return new(
            1,
            Decision(decision),
            (int)decision.Times,
            Json(decision.InputsJson),
            [.. acts.Where(act => act.Kind == BiddingStores.Kind).Select(act => new ActRow(act.BegunAt, Json(act.BodyJson), act.OutcomeJson is { } outcome ? Json(outcome) : null))])
        {
            Winner = seen?.Winner,
            WinningPrice = seen?.Price is { } price && RateText.TryRead(price, out var rate) ? rate.ToString() : null,
        };
    }

    public async Task<EarningsView> EarningsAsync(CancellationToken ct)
    {
        var report = await earnings.ReadAsync(ct);
        return new(1, Sums(report.Withdrawn), report.Owed is { } owed ? Sums(owed) : null, Sums(report.Fees), [.. report.Leases.Select(Row)]);
    }

    private IEnumerable<string> Problems(MarketHealth chain, PartView engine, LedgerHealth storage, BiddingStatus bids, InventorySnapshot stock, WorkloadSnapshot snapshot)
    {
        if (!chain.IsReachable) yield return $"chain: {chain.Detail}";
        if (!engine.Ok) yield return $"engine: {engine.Detail}";
        if (!storage.IsWritable) yield return $"ledger: {storage.Detail}";
        if (storage.DamagedFile is { } damaged) yield return $"ledger: the database was damaged at the last start; its bytes are in {damaged}";
        if (bids.Alarm is { } alarm) yield return $"bidding: {alarm}";
        if (bids.Paused is { } paused) yield return $"bidding: {paused}";
        if (feeFloat.Snapshot.Alarm is { } low) yield return $"fees: {low}";
        foreach (var wrong in presence.Problems) yield return $"market: {wrong}";
        if (ingress.Snapshot.Problem is { } notServing) yield return $"ingress: {notServing}";
        foreach (var certificate in ingress.Snapshot.CertificateProblems) yield return $"ingress: {certificate}";
        foreach (var finding in reach.Snapshot.Problems) yield return $"reach: {finding.Detail}";
        if (stock.Problem is { } problem) yield return $"inventory: {problem}";
        foreach (var line in stock.Lines.Where(line => line.Fault is not null)) yield return $"inventory: {line.Kind}: {line.Fault}";
        foreach (var trouble in disks.Problems) yield return $"disks: {trouble}";
        foreach (var foreign in snapshot.Foreign) yield return $"engine: {foreign} carries this provider's label, but this daemon did not make it; it is left alone, remove it by hand";
        if (snapshot.GuardProblem is { } open) yield return $"firewall: {open}; no container of a tenant is started until it is in place";
        foreach (var view in snapshot.Leases.Values)
        {
            foreach (var signal in view.Signals) yield return $"{view.Lease.Id} {signal.Text} (last at {signal.LastSeenAt:u})";
            foreach (var (service, text) in view.Problems) yield return service.Length == 0 ? $"{view.Lease.Id}: {text}" : $"{view.Lease.Id}, {service}: {text}";
        }
    }

    private static ReachView Reach(ReachSnapshot seen) => new(
        seen.LookedAt,
        seen.Network?.Local is { } local ? new(local.ToString(), OptionNames.Key(AddressKinds.Of(local).ToString())) : null,
        seen.Router is { } router ? new(router.Protocol, router.Outside is { } outside ? new(outside.ToString(), OptionNames.Key(AddressKinds.Of(outside).ToString())) : null, router.Problem) : null,
        seen.SeenAs?.ToString(),
        [.. seen.Names.Select(name => new NameRow(name.Name, OptionNames.Key(name.Stage.ToString()), [.. name.Addresses.Select(address => address.ToString())], name.Detail))],
        [.. seen.Ports.Select(state => new MappingRow(state.Port.OutsidePort, OptionNames.Key(state.Port.Protocol.ToString()), state.Port.Purpose, OptionNames.Key(state.Stage.ToString()), state.Detail, state.Until))],
        [.. seen.Findings.Select(finding => new FindingRow(finding.Name, DoctorVerb.Finding(finding.Grade), finding.Detail))]);

    private LeaseRow Row(LeaseRecord lease, LeaseView? view)
    {
        var services = (view?.Group?.Services ?? []).Select(service =>
        {
            var containers = view?.Actual.Containers.Where(container => container.Service == service.Name).ToArray() ?? [];
            var specs = view?.Desired?.Containers.Where(spec => spec.Service == service.Name).ToArray() ?? [];
            var ports = view?.Desired?.Containers.Where(spec => spec.Service == service.Name).SelectMany(spec => spec.Ports) ?? [];
            return new ServiceRow(
                service.Name,
                service.Image,
                (int)service.Count,
                view?.Ready(service.Name) ?? 0,
                containers.Sum(container => view?.Restarts.GetValueOrDefault(WorkloadNames.Instance(container.Service, container.Replica)) ?? 0),
                [.. ingress.Snapshot.Of(lease.Id, service.Name).Select(state => new HostRow(state.Host, OptionNames.Key(state.Stage.ToString()), state.Detail, state.CertificateUntil))],
                [.. ports.Select(port => new PortRow(port.ContainerPort, port.HostPort, OptionNames.Key(port.Protocol.ToString())))],
                [.. containers.Select(container => container.Id)],
                view?.Problems.GetValueOrDefault(service.Name),
                [.. containers.Select(container => Row(container, view, specs))],
                [.. specs.SelectMany(spec => spec.Volumes.Select(volume => Row(spec, volume)))],
                [.. (view?.Notes ?? []).Where(note => note.Service == service.Name).Select(note => new NoteRow(note.At, note.Instance, note.Text))]);
        });
        return new(lease.Id.ToString(), OptionNames.Key(lease.Stage.ToString()), lease.Price.ToString(), lease.Manifest?.Hex, lease.Generation, [.. services], view?.Problems.GetValueOrDefault(""))
        {
            ManifestDueAt = manifests.DueAt(lease.Id),
            Signals = [.. (view?.Signals ?? []).Select(signal => new SignalRow(OptionNames.Key(signal.Kind.ToString()), signal.FirstSeenAt, signal.LastSeenAt, signal.Count, signal.Text))],
        };
    }

    private VolumeRow Row(ContainerSpec spec, VolumeMount volume)
    {
        var fill = disks.FindVolume(volume.Source)?.Fill;
        return new(
            volume.Volume,
            WorkloadNames.Instance(spec.Service, spec.Replica),
            volume.Class,
            volume.Size.Bytes,
            disks.EnforcesVolumes,
            volume.Path,
            fill?.UsedBytes,
            fill?.UsedFiles,
            fill?.TotalFiles);
    }

    private InstanceRow Row(ActualContainer container, LeaseView? view, IReadOnlyList<ContainerSpec> specs)
    {
        var fill = disks.FindLayer(container.Layer)?.Fill;
        var limit = specs.FirstOrDefault(spec => spec.Replica == container.Replica)?.Disk.Bytes;
        var name = WorkloadNames.Instance(container.Service, container.Replica);
        var exit = view?.LastExits.GetValueOrDefault(name);
        return new(
            name,
            OptionNames.Key(container.Condition.ToString()),
            container.StartedAt,
            view?.Restarts.GetValueOrDefault(name) ?? 0,
            exit is null ? null : new(exit.Reason, exit.ExitCode, exit.At),
            [.. container.Gpus],
            new(limit, disks.EnforcesLayers, fill?.UsedBytes, fill?.UsedFiles, fill?.TotalFiles))
        {
            Health = container.Health is { } health ? new(OptionNames.Key(health.Status.ToString()), health.Output) : null,
        };
    }

    private static LeaseEarningsRow Row(LeaseEarnings lease) => new(
        lease.Lease.ToString(),
        lease.Withdrawn?.ToString(),
        lease is { Owed: { } owed, OwedDenom: { } denom } ? string.Create(CultureInfo.InvariantCulture, $"{owed}{denom}") : null,
        lease.Usage.Sum(usage => (double)usage.CpuNanoseconds) / 1e9,
        lease.Usage.Sum(usage => (double)usage.MemoryByteSeconds),
        lease.Usage.Sum(usage => (double)usage.ReceivedBytes),
        lease.Usage.Sum(usage => (double)usage.SentBytes),
        lease.Usage.Sum(usage => usage.Measured.TotalSeconds),
        lease.Usage.Sum(usage => usage.Gap.TotalSeconds));

    private static DecisionRow Decision(StoredDecision decision) =>
        new(decision.Order.ToString(), decision.DecidedAt, Name(decision.Result), decision.Reason, decision.Detail, decision.Price);

    private static string Name(DecisionResult result) => result == DecisionResult.Bid ? "bid" : "decline";

    private static Dictionary<string, string> Sums(IReadOnlyDictionary<Denom, System.Numerics.BigInteger> sums) =>
        sums.ToDictionary(sum => sum.Key.Value, sum => sum.Value.ToString(CultureInfo.InvariantCulture));

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
