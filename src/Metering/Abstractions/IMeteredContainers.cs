namespace ProviderAgent.Metering;

/// <summary>A running container of a lease.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Service">Service of the manifest.</param>
/// <param name="Replica">Number of the replica, from 0.</param>
/// <param name="ContainerId">The engine's full id; it stands in the container's cgroup path.</param>
/// <param name="Pid">Its first process, in the host's numbering.</param>
/// <param name="StartedAt">When this run began, as the engine says. A restart in place is another run.</param>
public sealed record MeteredContainer(LeaseId Lease, string Service, int Replica, string ContainerId, int Pid, DateTimeOffset StartedAt);

/// <summary>Who runs on this host.</summary>
public interface IMeteredContainers
{
    /// <summary>All running containers of leases.</summary>
    /// <exception cref="MeteringUnavailableException">Not known at the moment; an empty list always means that nothing runs.</exception>
    Task<IReadOnlyList<MeteredContainer>> ListAsync(CancellationToken ct);
}
