using ProviderAgent.Metering;
using ProviderAgent.Workloads;

namespace ProviderAgent.Adapters;

/// <summary>Tells the metering room which containers run.</summary>
internal sealed class MeteredContainers(IWorkloads workloads, TimeProvider time) : IMeteredContainers
{
    // The first look at the engine takes a moment after the start; only a look that failed is a finding.
    private static readonly TimeSpan FirstLookPause = TimeSpan.FromMilliseconds(50);

    public async Task<IReadOnlyList<MeteredContainer>> ListAsync(CancellationToken ct)
    {
        while (ReferenceEquals(workloads.Snapshot, WorkloadSnapshot.Empty)) await Task.Delay(FirstLookPause, time, ct);
        var snapshot = workloads.Snapshot;
        if (snapshot.IsStale) throw new MeteringUnavailableException("the container engine does not answer");
        return
        [
            .. from view in snapshot.Leases.Values
               from container in view.Actual.Containers
               where container is { Condition: ContainerCondition.Running, Pid: > 0 }
               let startedAt = container.StartedAt ?? throw new MeteringUnavailableException("the container engine names no start of a running container")
               select new MeteredContainer(view.Lease.Id, container.Service, container.Replica, container.Id, container.Pid, startedAt),
        ];
    }
}

/// <summary>Takes the last sample of a lease before its containers are taken down.</summary>
/// <param name="sampler">Asked for at the first use only: the sampler reads the workloads, which are what this is a part of.</param>
internal sealed class LastSample(Lazy<UsageSampler> sampler) : ILeaseEnding
{
    public Task EndingAsync(Marketplace.LeaseId lease, CancellationToken ct) => sampler.Value.SampleNowAsync(lease, ct);
}
