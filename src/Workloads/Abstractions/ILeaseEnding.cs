using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Somebody who has to look at a lease's containers once more before they are taken down, for example to read their counters.</summary>
public interface ILeaseEnding
{
    /// <summary>The containers still run. Must be quick and must not throw; it may be called again for the same lease.</summary>
    Task EndingAsync(LeaseId lease, CancellationToken ct);
}
