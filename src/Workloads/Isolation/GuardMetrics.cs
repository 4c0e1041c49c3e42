using System.Diagnostics.Metrics;

namespace ProviderAgent.Workloads;

/// <summary>Instruments of the firewall. Series of a lease end with the lease.</summary>
internal sealed class GuardMetrics(IMeterFactory factory) : IDisposable
{
    /// <summary>Name under which an exporter finds the instruments.</summary>
    public const string MeterName = "ProviderAgent.Workloads";

    private readonly Meter _meter = factory.Create(MeterName);

    /// <summary>Shows the firewall's numbers at each scrape. Called once.</summary>
    public void Observe(GuardReadings readings, TenantGuard guard)
    {
        _meter.CreateObservableGauge("provider_network_guarded", () => guard is { IsKnown: true, Problem: null } ? 1 : 0, description: "1 while the firewall between tenants and this host is in place");
        _meter.CreateObservableCounter("provider_network_guard_remade_total", () => guard.Remade, description: "Times that the firewall's table was loaded again");
        _meter.CreateObservableCounter("provider_network_refused_packets_total", () => Each(readings, Reason, "reason"), description: "Packets of tenants that the firewall refused, by reason");
        _meter.CreateObservableCounter("provider_network_connections_total", () => Each(readings, Kind, "kind"), description: "Connections of tenants that are counted, by kind");
        _meter.CreateObservableGauge(
            "provider_abuse_signals",
            () => readings.Signals().Select(entry => new Measurement<long>(entry.Signal.Count, new("lease", entry.Lease.ToString()), new("signal", Name(entry.Signal.Kind)))),
            description: "What tenants' traffic looks like to be, and how much of it was counted");
    }

    public void Dispose() => _meter.Dispose();

    /// <summary>Name of a signal in metrics and views.</summary>
    public static string Name(TenantSignalKind kind) => kind switch
    {
        TenantSignalKind.Scan => "scan",
        TenantSignalKind.Mining => "mining",
        TenantSignalKind.Mail => "mail",
        TenantSignalKind.ForgedSource => "forged_source",
        TenantSignalKind.PrivateAddresses => "private_addresses",
        _ => "flood",
    };

    private static IEnumerable<Measurement<long>> Each(GuardReadings readings, Func<GuardTally, string?> value, string label)
    {
        foreach (var (lease, tally, count) in readings.Totals())
        {
            if (value(tally) is { } name) yield return new(count, new("lease", lease.ToString()), new(label, name));
        }
    }

    private static string? Reason(GuardTally tally) => tally switch
    {
        GuardTally.Forged => "forged_source",
        GuardTally.TooFast => "connections_per_second",
        GuardTally.TooMany => "connections",
        GuardTally.UploadOver => "upload",
        GuardTally.DownloadOver => "download",
        GuardTally.Private => "private_address",
        GuardTally.Host => "host",
        GuardTally.Mail => "mail",
        GuardTally.Ipv6 => "ipv6",
        _ => null,
    };

    private static string? Kind(GuardTally tally) => tally switch
    {
        GuardTally.Watched => "mining",
        GuardTally.MailSent => "mail",
        GuardTally.Destinations => "destination",
        GuardTally.Answered => "answered",
        GuardTally.UdpDestinations => "udp_destination",
        GuardTally.UdpAnswered => "udp_answered",
        _ => null,
    };
}
