namespace ProviderAgent.Metering;

/// <summary>What the kernel says of a container at one moment. Null where it says nothing.</summary>
/// <param name="CpuNanoseconds">Processor time since its start.</param>
/// <param name="MemoryBytes">All memory charged to it.</param>
/// <param name="WorkingSetBytes">Memory without file pages that can be dropped at once: what is accounted.</param>
/// <param name="Pids">Processes and threads.</param>
/// <param name="OomKills">Processes killed for want of memory since its start.</param>
/// <param name="ReceivedBytes">Network in since its interfaces were made.</param>
/// <param name="SentBytes">Network out since its interfaces were made.</param>
internal readonly record struct ContainerReading(
    long CpuNanoseconds, long? MemoryBytes, long? WorkingSetBytes, long? Pids, long? OomKills, long? ReceivedBytes, long? SentBytes);

/// <summary>How a reading ended.</summary>
internal enum ReadingState
{
    Read,

    /// <summary>The container has ended.</summary>
    Gone,

    /// <summary>The numbers make no sense or cannot be read; nothing is accounted for them.</summary>
    Refused,
}
