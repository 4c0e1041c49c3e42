using System.Diagnostics.Metrics;

namespace ProviderAgent.Inventory;

/// <summary>Instruments of this room. Amounts in base units: threads, bytes, devices.</summary>
internal sealed class InventoryMetrics : IDisposable
{
    /// <summary>Name under which an exporter finds the instruments.</summary>
    public const string MeterName = "ProviderAgent.Inventory";

    private readonly Meter _meter;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _probeFailures;
    private readonly Counter<long> _sweeps;
    private readonly Counter<long> _xids;
    private readonly Counter<long> _tests;

    public InventoryMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(MeterName);
        _requests = _meter.CreateCounter<long>("provider_inventory_requests", description: "Reservations asked for and given back, by action and result");
        _probeFailures = _meter.CreateCounter<long>("provider_inventory_probe_failures_total", description: "Failed looks at the hardware");
        _sweeps = _meter.CreateCounter<long>("provider_gpu_sweeps_total", description: "Looks at the GPUs");
        _xids = _meter.CreateCounter<long>("provider_gpu_xid_errors_total", description: "Errors that GPUs reported by themselves");
        _tests = _meter.CreateCounter<long>("provider_gpu_self_tests_total", description: "Self-tests by result");
    }

    public void GpuSwept() => _sweeps.Add(1);

    public void Xid(int code, XidClass kind) => _xids.Add(1, new("xid", code), new("class", kind.ToString().ToLowerInvariant()));

    public void SelfTested(SelfTestOutcome outcome) => _tests.Add(1, new KeyValuePair<string, object?>("result", outcome.ToString().ToLowerInvariant()));

    public void Request(string action, bool success) => _requests.Add(1, new("action", action), new("result", success ? "success" : "fail"));

    public void ProbeFailed() => _probeFailures.Add(1);

    /// <summary>Shows a book's numbers at each scrape. Called once, by the composition.</summary>
    public void Observe(IReservationBook book)
    {
        _meter.CreateObservableGauge("provider_inventory_allocatable_total", () => Each(book, line => line.Total), description: "What may be sold in all");
        _meter.CreateObservableGauge("provider_inventory_available_total", () => Each(book, line => line.Free), description: "What is still for sale");
        _meter.CreateObservableGauge("provider_inventory_overcommitted", () => book.Snapshot.Lines.Select(line =>
            new Measurement<int>(line.IsForSale ? 0 : 1, Quantity(line.Kind))), description: "1 when a resource is not sold because more is leased than there is, or its books are wrong");
        _meter.CreateObservableGauge("provider_inventory_selling", () => book.Snapshot.Problem is null ? 1 : 0, description: "0 while the host cannot be measured");
        _meter.CreateObservableGauge("provider_inventory_reservations_total", () => Reservations(book), description: "Reservations on the books, by classification and quantity");
    }

    /// <summary>Shows the GPUs at each scrape. Called once, by the composition.</summary>
    public void Observe(GpuTracker tracker, IReservationBook book)
    {
        _meter.CreateObservableGauge("provider_gpu_state", () => book.Snapshot.Gpus.Select(gpu => new Measurement<int>(1, Card(gpu), new("state", gpu.State))), description: "1 for the state that a GPU is in");
        _meter.CreateObservableGauge("provider_gpu_temperature_celsius", Each(tracker, reading => reading.TemperatureCelsius is { } value and <= 150 ? value : null), description: "Temperature");
        _meter.CreateObservableGauge("provider_gpu_power_watts", Each(tracker, reading => reading.PowerMilliwatts is { } value and <= 10_000_000 ? value / 1000.0 : null), description: "Power drawn");
        _meter.CreateObservableGauge("provider_gpu_utilization_ratio", Each(tracker, reading => reading.UtilizationPercent is { } value and <= 100 ? value / 100.0 : null), description: "Share of the last sample in which something ran");
        _meter.CreateObservableGauge("provider_gpu_memory_used_bytes", Each(tracker, reading => reading.MemoryUsed is { } value && value <= reading.MemoryTotal ? value : null), description: "Memory in use");
    }

    public void Dispose() => _meter.Dispose();

    /// <summary>A value of each device that tells one that can be true.</summary>
    private static Func<IEnumerable<Measurement<double>>> Each(GpuTracker tracker, Func<GpuReading, double?> value) => () =>
        tracker.Readings.Select(entry => (entry.Key, Value: value(entry.Value))).Where(entry => entry.Value is not null)
            .Select(entry => new Measurement<double>(entry.Value ?? 0, new KeyValuePair<string, object?>("uuid", entry.Key)));

    private static KeyValuePair<string, object?> Card(GpuStatus gpu) => new("uuid", gpu.Card.Uuid);

    private static IEnumerable<Measurement<double>> Each(IReservationBook book, Func<ResourceLine, long> amount) =>
        book.Snapshot.Lines.Select(line => new Measurement<double>(InBaseUnits(line.Kind, amount(line)), Quantity(line.Kind)));

    private static IEnumerable<Measurement<double>> Reservations(IReservationBook book)
    {
        var snapshot = book.Snapshot;
        foreach (var assigned in (bool[])[true, false])
        {
            KeyValuePair<string, object?> classification = new("classification", assigned ? "active" : "pending");
            var held = snapshot.Reservations.Values.Where(reservation => reservation.IsAssigned == assigned).ToList();
            yield return new(held.Count, classification, new("quantity", "quantity"));
            foreach (var line in snapshot.Lines)
            {
                var sum = held.Sum(reservation => InBaseUnits(line.Kind, reservation.Allocation.Demand[line.Kind]));
                yield return new(sum, classification, Quantity(line.Kind));
            }
        }
    }

    private static double InBaseUnits(ResourceKind kind, long amount) => kind == ResourceKind.Cpu ? amount / 1000.0 : amount;

    private static KeyValuePair<string, object?> Quantity(ResourceKind kind) =>
        new("quantity", kind == ResourceKind.Storage ? "storage-ephemeral" : kind.ToString().ToLowerInvariant());
}
