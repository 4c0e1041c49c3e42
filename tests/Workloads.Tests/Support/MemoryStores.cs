using System.Collections.Concurrent;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads.Tests.Support;

/// <summary>The stores of one host, kept while the daemon is stopped and started again.</summary>
internal sealed class MemoryStores : ILeaseStore, IManifestStore, IPortStore
{
    private readonly ConcurrentDictionary<LeaseId, LeaseRecord> _leases = new();
    private readonly ConcurrentDictionary<LeaseId, StoredManifest> _manifests = new();
    private readonly ConcurrentDictionary<(LeaseId, string, int, PortProtocol), int> _ports = new();

    public IReadOnlyCollection<LeaseRecord> Leases => [.. _leases.Values];

    public int ManifestsKept => _manifests.Count;

    public int PortsGiven => _ports.Count;

    public Task<IReadOnlyList<LeaseRecord>> ListOpenAsync(CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<LeaseRecord>>([.. _leases.Values.Where(lease => lease.Stage != LeaseStage.Closed)]);

    public Task SaveAsync(LeaseRecord lease, CancellationToken ct)
    {
        _leases[lease.Id] = lease;
        return Task.CompletedTask;
    }

    public Task<StoredManifest?> FindAsync(LeaseId lease, CancellationToken ct) => Task.FromResult(_manifests.GetValueOrDefault(lease));

    public Task SaveAsync(LeaseId lease, StoredManifest manifest, CancellationToken ct)
    {
        _manifests[lease] = manifest;
        return Task.CompletedTask;
    }

    public Task RemoveAsync(LeaseId lease, CancellationToken ct)
    {
        _manifests.TryRemove(lease, out _);
        return Task.CompletedTask;
    }

    public Task<int> ReserveAsync(LeaseId lease, string service, int containerPort, PortProtocol protocol, PortRange range, CancellationToken ct) =>
        Task.FromResult(_ports.GetOrAdd((lease, service, containerPort, protocol), _ => FreePort.Next()));

    public Task ReleaseAsync(LeaseId lease, CancellationToken ct)
    {
        foreach (var key in _ports.Keys.Where(key => key.Item1 == lease)) _ports.TryRemove(key, out _);
        return Task.CompletedTask;
    }
}
