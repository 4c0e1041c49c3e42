using ProviderAgent.Metering;
using ProviderAgent.Workloads;

namespace ProviderAgent.Adapters;

/// <summary>Tells the metering room which containers run.</summary>
internal sealed class MeteredContainers(IWorkloads workloads) : IMeteredContainers
{
    public Task<IReadOnlyList<MeteredContainer>> ListAsync(CancellationToken ct)
    {
        var snapshot = workloads.Snapshot;
        if (snapshot.IsStale) throw new MeteringUnavailableException("the container engine does not answer");
        return Task.FromResult<IReadOnlyList<MeteredContainer>>(
        [
            .. from view in snapshot.Leases.Values
               from container in view.Actual.Containers
               where container is { Condition: ContainerCondition.Running, Pid: > 0 }
               let startedAt = container.StartedAt ?? throw new MeteringUnavailableException("the container engine names no start of a running container")
               select new MeteredContainer(view.Lease.Id, container.Service, container.Replica, container.Id, container.Pid, startedAt),
        ]);
    }
}

/// <summary>Takes the last sample of a lease before its containers are taken down.</summary>
internal sealed class LastSample(UsageSampler sampler) : ILeaseEnding
{
    public Task EndingAsync(Marketplace.LeaseId lease, CancellationToken ct) => sampler.SampleNowAsync(lease, ct);
}
