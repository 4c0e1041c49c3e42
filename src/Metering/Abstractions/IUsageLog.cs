namespace ProviderAgent.Metering;

/// <summary>Absolute readings of a container's counters.</summary>
/// <param name="CpuNanoseconds">Processor time.</param>
/// <param name="ReceivedBytes">Network, in.</param>
/// <param name="SentBytes">Network, out.</param>
public readonly record struct CounterReading(long CpuNanoseconds, long ReceivedBytes, long SentBytes);

/// <summary>What a container used between two samples; nothing is negative, nothing is invented.</summary>
/// <param name="Container">The container.</param>
/// <param name="From">Begin: the end of its stored interval before, or its start.</param>
/// <param name="To">End, at least a millisecond later. Both are for people: they follow the wall clock and never overlap, even when it is set back.</param>
/// <param name="CpuNanoseconds">Processor time used.</param>
/// <param name="MemoryByteSeconds">Working set times seconds, for the time that was observed.</param>
/// <param name="ReceivedBytes">Network, in.</param>
/// <param name="SentBytes">Network, out.</param>
/// <param name="Measured">Monotonic time for which memory was observed.</param>
/// <param name="Gap">Time for which it was not.</param>
/// <param name="AtEnd">The counters at the end; the next interval continues from them.</param>
public sealed record MeteredInterval(
    MeteredContainer Container,
    DateTimeOffset From,
    DateTimeOffset To,
    long CpuNanoseconds,
    long MemoryByteSeconds,
    long ReceivedBytes,
    long SentBytes,
    TimeSpan Measured,
    TimeSpan Gap,
    CounterReading AtEnd);

/// <summary>Where the stored usage of a container's run ends.</summary>
/// <param name="At">End of the last stored interval.</param>
/// <param name="Counters">The counters then.</param>
public sealed record MeteredEnd(DateTimeOffset At, CounterReading Counters);

/// <summary>What became of an appended interval.</summary>
public enum AppendResult
{
    /// <summary>It is stored.</summary>
    Added,

    /// <summary>It was stored before.</summary>
    Repeated,

    /// <summary>It begins in time that is accounted for already; it was not stored.</summary>
    Overlaps,
}

/// <summary>Usage of one service of a lease over all its time.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Service">The service.</param>
/// <param name="CpuNanoseconds">Processor time.</param>
/// <param name="MemoryByteSeconds">Working set times seconds.</param>
/// <param name="ReceivedBytes">Network, in.</param>
/// <param name="SentBytes">Network, out.</param>
/// <param name="Measured">Container time observed.</param>
/// <param name="Gap">Container time not observed.</param>
public sealed record ServiceUsage(
    LeaseId Lease,
    string Service,
    Int128 CpuNanoseconds,
    Int128 MemoryByteSeconds,
    Int128 ReceivedBytes,
    Int128 SentBytes,
    TimeSpan Measured,
    TimeSpan Gap);

/// <summary>Where usage is kept. Every member throws <see cref="MeteringUnavailableException"/> when the storage cannot be used.</summary>
public interface IUsageLog
{
    /// <summary>Stores intervals, all or none. Each is stored once, however often it is handed over.</summary>
    /// <returns>For each interval, in order, what became of it.</returns>
    Task<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<MeteredInterval> intervals, CancellationToken ct);

    /// <summary>Where the stored usage of a container's run ends; null when nothing is stored of it.</summary>
    Task<MeteredEnd?> FindEndAsync(string containerId, DateTimeOffset startedAt, CancellationToken ct);

    /// <summary>Usage of every lease, by lease and service.</summary>
    Task<IReadOnlyList<ServiceUsage>> SumAllAsync(CancellationToken ct);

    /// <summary>Folds some of the intervals that end before <paramref name="before"/> into days.</summary>
    /// <returns>How many; call again while it is <paramref name="limit"/>.</returns>
    Task<int> FoldAsync(DateTimeOffset before, int limit, CancellationToken ct);
}
