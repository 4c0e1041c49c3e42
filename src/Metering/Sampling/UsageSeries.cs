namespace ProviderAgent.Metering;

/// <summary>One value of one container for a scrape. Not an instrument: series of a lease end with the lease.</summary>
/// <param name="Name">Name of the metric, as the usual container exporter writes it.</param>
/// <param name="Help">What it means, with unit.</param>
/// <param name="IsCounter">True when it only rises during a container's run.</param>
/// <param name="Value">The value, in base units.</param>
/// <param name="Lease">Label <c>lease</c>.</param>
/// <param name="Service">Label <c>service</c>.</param>
/// <param name="Replica">Label <c>replica</c>.</param>
public sealed record UsageSeries(string Name, string Help, bool IsCounter, double Value, LeaseId Lease, string Service, int Replica)
{
    /// <summary>All values of one reading; those the host does not know are left out.</summary>
    internal static IEnumerable<UsageSeries> Of(MeteredContainer container, ContainerReading reading, DateTimeOffset at)
    {
        UsageSeries Make(string name, string help, bool isCounter, double value) => new(name, help, isCounter, value, container.Lease, container.Service, container.Replica);

        yield return Make("container_cpu_usage_seconds_total", "Processor time used, in seconds.", true, reading.CpuNanoseconds / 1e9);
        if (reading.MemoryBytes is { } memory) yield return Make("container_memory_usage_bytes", "Memory charged to the container, with file pages.", false, memory);
        if (reading.WorkingSetBytes is { } working) yield return Make("container_memory_working_set_bytes", "Memory without file pages that can be dropped at once.", false, working);
        if (reading.OomKills is { } kills) yield return Make("container_oom_events_total", "Processes killed for want of memory.", true, kills);
        if (reading.Pids is { } pids) yield return Make("container_processes", "Processes and threads.", false, pids);
        if (reading.ReceivedBytes is { } received) yield return Make("container_network_receive_bytes_total", "Bytes received over all interfaces but the loopback.", true, received);
        if (reading.SentBytes is { } sent) yield return Make("container_network_transmit_bytes_total", "Bytes sent over all interfaces but the loopback.", true, sent);
        yield return Make("container_start_time_seconds", "When the container was started, in seconds since 1970.", false, container.StartedAt.ToUnixTimeMilliseconds() / 1e3);
        yield return Make("container_last_seen", "When it was last sampled, in seconds since 1970.", false, at.ToUnixTimeMilliseconds() / 1e3);
    }
}
