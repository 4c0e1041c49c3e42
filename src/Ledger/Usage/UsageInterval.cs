namespace ProviderAgent.Ledger;

/// <summary>One run of one container. A restart in place is another run, because its counters begin anew.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Service">Service of the manifest, 1 to 128 characters.</param>
/// <param name="Replica">Number of the replica, from 0.</param>
/// <param name="ContainerId">The engine's id, 1 to 128 characters.</param>
/// <param name="StartedAt">When this run began, as the engine says; kept to the millisecond.</param>
public sealed record UsageSource(LeaseId Lease, string Service, int Replica, string ContainerId, DateTimeOffset StartedAt);

/// <summary>What was used. None of it is negative.</summary>
/// <param name="CpuNanoseconds">Processor time.</param>
/// <param name="MemoryByteSeconds">Bytes held, times the seconds they were held.</param>
/// <param name="ReceivedBytes">Network, in.</param>
/// <param name="SentBytes">Network, out.</param>
/// <param name="Measured">Length of time for which memory was observed.</param>
/// <param name="Gap">Length of time for which it was not; nothing is invented for it.</param>
public readonly record struct UsageAmount(
    long CpuNanoseconds, long MemoryByteSeconds, long ReceivedBytes, long SentBytes, TimeSpan Measured, TimeSpan Gap);

/// <summary>Absolute readings of a container's counters, from which the next interval continues.</summary>
/// <param name="CpuNanoseconds">Processor time since the run began.</param>
/// <param name="ReceivedBytes">Network in since the run began.</param>
/// <param name="SentBytes">Network out since the run began.</param>
public readonly record struct UsageCounters(long CpuNanoseconds, long ReceivedBytes, long SentBytes);

/// <summary>What one container used between two samples.</summary>
/// <param name="Source">The container.</param>
/// <param name="From">Begin; not before the end of the container's last stored interval.</param>
/// <param name="To">End; after the begin.</param>
/// <param name="Used">What was used in between.</param>
/// <param name="AtEnd">The counters at the end.</param>
public sealed record UsageInterval(UsageSource Source, DateTimeOffset From, DateTimeOffset To, UsageAmount Used, UsageCounters AtEnd);

/// <summary>Where a container's stored usage ends.</summary>
/// <param name="Source">The container.</param>
/// <param name="At">End of the last stored interval.</param>
/// <param name="Counters">Its counters then.</param>
public sealed record UsageEnd(UsageSource Source, DateTimeOffset At, UsageCounters Counters);

/// <summary>What became of an appended interval.</summary>
public enum UsageAppend
{
    /// <summary>It is stored.</summary>
    Added,

    /// <summary>It was stored before; nothing changed.</summary>
    Repeated,

    /// <summary>It begins inside time that is accounted for already and was not stored: read <see cref="UsageStore.FindEndAsync"/> and continue from there.</summary>
    Overlaps,
}

/// <summary>Usage of one service of a lease, exact: sums may be wider than 64 bits.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Service">The service.</param>
/// <param name="CpuNanoseconds">Processor time.</param>
/// <param name="MemoryByteSeconds">Bytes held, times the seconds they were held.</param>
/// <param name="ReceivedBytes">Network, in.</param>
/// <param name="SentBytes">Network, out.</param>
/// <param name="Measured">Container time that was observed; two replicas count twice.</param>
/// <param name="Gap">Container time that was not observed.</param>
public sealed record UsageSum(
    LeaseId Lease,
    string Service,
    Int128 CpuNanoseconds,
    Int128 MemoryByteSeconds,
    Int128 ReceivedBytes,
    Int128 SentBytes,
    TimeSpan Measured,
    TimeSpan Gap);
