using System.Diagnostics.Metrics;

namespace ProviderAgent.Ledger;

/// <summary>Instruments of this room. One set per open ledger.</summary>
internal sealed class LedgerMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "ProviderAgent.Ledger";

    private readonly Histogram<double> _commit;
    private readonly Counter<long> _writes;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _setAside;

    public Meter Meter { get; } = new(MeterName);

    public LedgerMetrics()
    {
        _commit = Meter.CreateHistogram<double>("provider_ledger_commit_seconds", "s", "Time from the start of a transaction until it is durable.");
        _writes = Meter.CreateCounter<long>("provider_ledger_writes_total", null, "Writes that are durable.");
        _failed = Meter.CreateCounter<long>("provider_ledger_failed_writes_total", null, "Writes refused because the storage failed.");
        _setAside = Meter.CreateCounter<long>("provider_ledger_damaged_rows_total", null, "Damaged rows that were set aside.");
    }

    public void ObserveQueue(Func<int> length) =>
        Meter.CreateObservableGauge("provider_ledger_queued_writes", length, null, "Writes that wait for the writer.");

    public void ObserveSize(Func<long> bytes) =>
        Meter.CreateObservableGauge("provider_ledger_file_bytes", bytes, "By", "Size of the database file with its write-ahead log.");

    public void Committed(int writes, TimeSpan took)
    {
        _commit.Record(took.TotalSeconds);
        _writes.Add(writes);
    }

    public void Failed(int writes) => _failed.Add(writes);

    public void SetAside(string table) => _setAside.Add(1, new KeyValuePair<string, object?>("table", table));

    public void Dispose() => Meter.Dispose();
}
