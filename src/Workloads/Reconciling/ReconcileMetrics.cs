using System.Diagnostics.Metrics;

namespace ProviderAgent.Workloads;

/// <summary>Why containers are compared with leases.</summary>
internal enum LookCause
{
    /// <summary>Nothing happened for <see cref="WorkloadOptions.ReconcileInterval"/>.</summary>
    Interval,

    /// <summary>A pause or a waiting time of a container is over.</summary>
    Due,

    /// <summary>The engine told of a container, or may have told of one while its stream of events was cut.</summary>
    Event,

    /// <summary>A lease came, went, or got another manifest; or the daemon has just started.</summary>
    Lease,

    /// <summary>Something that was begun is done: steps for a lease, a pull, a mapping of ports.</summary>
    Step,
}

/// <summary>Instrument of the comparison of containers with leases.</summary>
internal sealed class ReconcileMetrics : IDisposable
{
    /// <summary>Name under which an exporter finds the instruments.</summary>
    public const string MeterName = "ProviderAgent.Workloads";

    private readonly Meter _meter;
    private readonly Histogram<double> _looks;

    public ReconcileMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(MeterName);
        _looks = _meter.CreateHistogram<double>("provider_reconcile_duration_seconds", "s", "Time to compare all containers with all leases, by what it was done for. Steps that follow from it are not included.");
    }

    public void Looked(LookCause cause, bool isAnswered, TimeSpan took) => _looks.Record(
        took.TotalSeconds,
        new("cause", cause.ToString().ToLowerInvariant()),
        new("outcome", isAnswered ? "ok" : "engine_away"));

    public void Dispose() => _meter.Dispose();
}
