namespace ProviderAgent.Metering.Tests;

/// <summary>A usage log in memory that keeps the contract, and fails when it is told to.</summary>
internal sealed class MemoryUsageLog : IUsageLog
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string, long), MeteredEnd> _ends = [];

    public enum Fault
    {
        None,

        /// <summary>Nothing is stored, and the caller is told so by an exception.</summary>
        Away,

        /// <summary>It is stored, but the caller gets an exception all the same.</summary>
        ReplyLost,
    }

    public Fault Failing { get; set; }

    public List<MeteredInterval> Rows { get; } = [];

    public List<DateTimeOffset> Folds { get; } = [];

    public Task<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<MeteredInterval> intervals, CancellationToken ct)
    {
        lock (_gate)
        {
            ThrowIf(Fault.Away);
            var results = intervals.Select(Append).ToList();
            ThrowIf(Fault.ReplyLost);
            return Task.FromResult<IReadOnlyList<AppendResult>>(results);
        }
    }

    public Task<MeteredEnd?> FindEndAsync(string containerId, DateTimeOffset startedAt, CancellationToken ct)
    {
        lock (_gate)
        {
            ThrowIf(Fault.Away);
            return Task.FromResult(_ends.GetValueOrDefault((containerId, startedAt.ToUnixTimeMilliseconds())));
        }
    }

    public Task<IReadOnlyList<ServiceUsage>> SumAllAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<ServiceUsage>>(
    [
        .. Rows.GroupBy(row => (row.Container.Lease, row.Container.Service)).Select(group => new ServiceUsage(
            group.Key.Lease,
            group.Key.Service,
            group.Aggregate(Int128.Zero, (sum, row) => sum + row.CpuNanoseconds),
            group.Aggregate(Int128.Zero, (sum, row) => sum + row.MemoryByteSeconds),
            group.Aggregate(Int128.Zero, (sum, row) => sum + row.ReceivedBytes),
            group.Aggregate(Int128.Zero, (sum, row) => sum + row.SentBytes),
            group.Aggregate(TimeSpan.Zero, (sum, row) => sum + row.Measured),
            group.Aggregate(TimeSpan.Zero, (sum, row) => sum + row.Gap))),
    ]);

    public Task<int> FoldAsync(DateTimeOffset before, int limit, CancellationToken ct)
    {
        ThrowIf(Fault.Away);
        Folds.Add(before);
        return Task.FromResult(Folds.Count % 3 == 0 ? 7 : limit);
    }

    private AppendResult Append(MeteredInterval interval)
    {
        var key = (interval.Container.ContainerId, interval.Container.StartedAt.ToUnixTimeMilliseconds());
        if (interval.To <= interval.From) throw new ArgumentException($"empty interval {interval}");
        if (interval.CpuNanoseconds < 0 || interval.MemoryByteSeconds < 0 || interval.ReceivedBytes < 0 || interval.SentBytes < 0) throw new ArgumentException($"negative {interval}");
        if (_ends.TryGetValue(key, out var end) && interval.From < end.At) return interval.To == end.At ? AppendResult.Repeated : AppendResult.Overlaps;
        Rows.Add(interval);
        _ends[key] = new(interval.To, interval.AtEnd);
        return AppendResult.Added;
    }

    private void ThrowIf(Fault fault)
    {
        if (Failing == fault) throw new MeteringUnavailableException("the log fails on purpose");
    }
}
