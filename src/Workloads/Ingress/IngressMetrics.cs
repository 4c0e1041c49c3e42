using System.Diagnostics.Metrics;

namespace ProviderAgent.Workloads;

/// <summary>Meter <c>ProviderAgent.Workloads</c>, the ingress. No host name is a tag: tenants choose those.</summary>
internal sealed class IngressMetrics
{
    public const string MeterName = "ProviderAgent.Workloads";

    private readonly Counter<long> _reloads;
    private readonly Counter<long> _starts;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _issues;
    private readonly Counter<long> _proofs;
    private IngressReport _report = new(IsServing: false, Problem: null);
    private IngressSnapshot _snapshot = IngressSnapshot.Empty;
    private int _routes;

    public IngressMetrics(IMeterFactory meters, TimeProvider time)
    {
        var meter = meters.Create(MeterName);
        _reloads = meter.CreateCounter<long>("provider_ingress_reloads_total", description: "Changes of routes that the proxy was asked to take.");
        _starts = meter.CreateCounter<long>("provider_ingress_starts_total", description: "Starts of the proxy by the daemon.");
        _refusals = meter.CreateCounter<long>("provider_ingress_refusals_total", description: "Configurations that the proxy refused, so that the one from before stayed.");
        _issues = meter.CreateCounter<long>("provider_ingress_certificates_total", description: "Certificates asked for, by result.");
        _proofs = meter.CreateCounter<long>("provider_ingress_ownership_checks_total", description: "Questions to the DNS whether a host name may be used, by result.");
        meter.CreateObservableGauge("provider_ingress_serving", () => Volatile.Read(ref _report) is { IsServing: true } ? 1 : 0, description: "1 while the latest routes are in force.");
        meter.CreateObservableGauge("provider_ingress_routes", () => Volatile.Read(ref _routes), description: "Web ports of services that are routed.");
        meter.CreateObservableGauge("provider_ingress_hosts", () => Hosts(), description: "Host names by state.");
        meter.CreateObservableGauge(
            "provider_ingress_certificate_left_seconds",
            () => Volatile.Read(ref _snapshot).Hosts.Where(host => host.CertificateUntil is not null).Select(host => (host.CertificateUntil!.Value - time.GetUtcNow()).TotalSeconds).Order().Take(1).Select(left => new Measurement<double>(left)),
            "s",
            "What is left of the certificate that ends first among those in use; no series without certificates.");
    }

    public void Reloaded() => _reloads.Add(1);

    public void Started() => _starts.Add(1);

    public void Refused() => _refusals.Add(1);

    public void Issued(bool succeeded) => _issues.Add(1, new KeyValuePair<string, object?>("result", succeeded ? "success" : "fail"));

    public void Checked(string result) => _proofs.Add(1, new KeyValuePair<string, object?>("result", result));

    public void Seen(IngressReport report, IngressSnapshot snapshot, int routes)
    {
        Volatile.Write(ref _report, report);
        Volatile.Write(ref _snapshot, snapshot);
        Volatile.Write(ref _routes, routes);
    }

    private IEnumerable<Measurement<int>> Hosts() =>
        Volatile.Read(ref _snapshot).Hosts.GroupBy(host => host.Stage).Select(group => new Measurement<int>(group.Count(), new KeyValuePair<string, object?>("state", Name(group.Key))));

    private static string Name(HostStage stage) => stage switch
    {
        HostStage.Routed => "routed",
        HostStage.Waiting => "waiting",
        HostStage.Withheld => "withheld",
        HostStage.Taken => "taken",
        HostStage.Unproven => "unproven",
        _ => "refused",
    };
}
