using System.Diagnostics.Metrics;

namespace ProviderAgent.Workloads;

/// <summary>Meter <c>ProviderAgent.Workloads</c>, the way to this host.</summary>
internal sealed class ReachMetrics
{
    public const string MeterName = "ProviderAgent.Workloads";

    private readonly Counter<long> _changes;
    private ReachSnapshot _snapshot = ReachSnapshot.Empty;

    public ReachMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _changes = meter.CreateCounter<long>("provider_reach_address_changes_total", description: "Changes of the address that the internet sees this host under.");
        meter.CreateObservableGauge("provider_reach_problems", () => Latest.Problems.Count(), description: "Findings about the way to this host that a person should act on.");
        meter.CreateObservableGauge("provider_reach_address_known", () => Latest.SeenAs is null ? 0 : 1, description: "1 while the address is known that the internet sees this host under.");
        meter.CreateObservableGauge("provider_reach_behind_another_router", () => Latest.IsBehindAnother ? 1 : 0, description: "1 while carrier-grade NAT or a second router stands before this host, or its router has no address to tell.");
        meter.CreateObservableGauge("provider_reach_names", Names, description: "Names of this host by where they lead.");
        meter.CreateObservableGauge("provider_reach_router_up", Router, description: "1 while the router answers; no series when none is to be asked.");
        meter.CreateObservableGauge("provider_reach_ports", Ports, description: "Ports that the router is asked for, by state.");
    }

    private ReachSnapshot Latest => Volatile.Read(ref _snapshot);

    public void AddressChanged() => _changes.Add(1);

    public void Seen(ReachSnapshot snapshot) => Volatile.Write(ref _snapshot, snapshot);

    private IEnumerable<Measurement<int>> Names() => Latest.Names.GroupBy(name => name.Stage).Select(group => new Measurement<int>(group.Count(), new KeyValuePair<string, object?>("state", Name(group.Key))));

    private IEnumerable<Measurement<int>> Router() => Latest.Router is { } router ? [new(router.Problem is null ? 1 : 0)] : [];

    private IEnumerable<Measurement<int>> Ports() => Latest.Ports.GroupBy(port => port.Stage).Select(group => new Measurement<int>(group.Count(), new KeyValuePair<string, object?>("state", Name(group.Key))));

    private static string Name(NameStage stage) => stage switch
    {
        NameStage.Here => "here",
        NameStage.Inside => "inside",
        NameStage.Elsewhere => "elsewhere",
        NameStage.Missing => "missing",
        NameStage.Untold => "untold",
        _ => "unknown",
    };

    private static string Name(MappingStage stage) => stage switch
    {
        MappingStage.Mapped => "mapped",
        MappingStage.Foreign => "foreign",
        MappingStage.Taken => "taken",
        MappingStage.Refused => "refused",
        _ => "waiting",
    };
}
