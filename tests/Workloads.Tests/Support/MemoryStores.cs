using System.Collections.Concurrent;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads.Tests.Support;

/// <summary>The stores of one host, kept while the daemon is stopped and started again.</summary>
internal sealed class MemoryStores : ILeaseStore, IManifestStore, IPortStore, ISignalStore, IHostNameStore
{
    private readonly ConcurrentDictionary<LeaseId, LeaseRecord> _leases = new();
    private readonly ConcurrentDictionary<(LeaseId Lease, ManifestHash Hash), StoredManifest> _manifests = new();
    private readonly List<(LeaseId Lease, ManifestHash Hash)> _order = [];
    private readonly ConcurrentDictionary<(LeaseId, string, int, PortProtocol), int> _ports = new();
    private readonly ConcurrentDictionary<(LeaseId Lease, TenantSignalKind Kind), TenantSignal> _signals = new();

    public IReadOnlyCollection<LeaseRecord> Leases => [.. _leases.Values];

    public int ManifestsKept => _manifests.Count;

    private readonly ConcurrentDictionary<string, HeldHostName> _hostNames = new(StringComparer.Ordinal);

    /// <summary>As a disk that is full.</summary>
    public bool HostNamesFail { get; set; }

    public IReadOnlyCollection<HeldHostName> HostNames => [.. _hostNames.Values];

    public int PortsGiven => _ports.Count;

    public Task<IReadOnlyList<(LeaseId Lease, TenantSignal Signal)>> ListSignalsAsync(CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<(LeaseId, TenantSignal)>>([.. _signals.Select(signal => (signal.Key.Lease, signal.Value))]);

    public Task SaveAsync(LeaseId lease, TenantSignal signal, CancellationToken ct)
    {
        _signals[(lease, signal.Kind)] = signal;
        return Task.CompletedTask;
    }

    public Task RemoveSignalsAsync(LeaseId lease, CancellationToken ct)
    {
        foreach (var key in _signals.Keys.Where(key => key.Lease == lease)) _signals.TryRemove(key, out _);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<LeaseRecord>> ListOpenAsync(CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<LeaseRecord>>([.. _leases.Values.Where(lease => lease.Stage != LeaseStage.Closed)]);

    public Task SaveAsync(LeaseRecord lease, CancellationToken ct)
    {
        _leases[lease.Id] = lease;
        return Task.CompletedTask;
    }

    public Task<StoredManifest?> FindAsync(LeaseId lease, ManifestHash hash, CancellationToken ct) => Task.FromResult(_manifests.GetValueOrDefault((lease, hash)));

    public Task SaveAsync(LeaseId lease, StoredManifest manifest, ManifestHash? keep, CancellationToken ct)
    {
        // As the ledger: the latest two, and the one that is to be kept.
        _order.Add((lease, manifest.Hash));
        _manifests[(lease, manifest.Hash)] = manifest;
        var latest = _order.Where(key => key.Lease == lease).TakeLast(2).ToHashSet();
        foreach (var old in _manifests.Keys.Where(key => key.Lease == lease && key.Hash != keep && !latest.Contains(key))) _manifests.TryRemove(old, out _);
        return Task.CompletedTask;
    }

    public Task RemoveAsync(LeaseId lease, CancellationToken ct)
    {
        foreach (var key in _manifests.Keys.Where(key => key.Lease == lease)) _manifests.TryRemove(key, out _);
        return Task.CompletedTask;
    }

    public Task<int> ReserveAsync(LeaseId lease, string service, int containerPort, PortProtocol protocol, PortRange range, CancellationToken ct) =>
        Task.FromResult(_ports.GetOrAdd((lease, service, containerPort, protocol), _ => FreePort.Next()));

    public Task ReleaseAsync(LeaseId lease, CancellationToken ct)
    {
        foreach (var key in _ports.Keys.Where(key => key.Item1 == lease)) _ports.TryRemove(key, out _);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<HeldHostName>> ListHostNamesAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<HeldHostName>>([.. _hostNames.Values]);

    public Task PutHostNamesAsync(IReadOnlyList<HeldHostName> names, CancellationToken ct)
    {
        if (HostNamesFail) throw new IOException("no space left on device");
        foreach (var held in names) _hostNames[held.Name] = held;
        return Task.CompletedTask;
    }

    public Task RemoveHostNamesAsync(IReadOnlyList<string> names, CancellationToken ct)
    {
        foreach (var name in names) _hostNames.TryRemove(name, out _);
        return Task.CompletedTask;
    }
}
