using System.Net.NetworkInformation;
using System.Text.Json;
using ProviderAgent.Ledger;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads;
using LeaseStore = ProviderAgent.Ledger.LeaseStore;
using ManifestStore = ProviderAgent.Ledger.ManifestStore;
using PortRange = ProviderAgent.Workloads.PortRange;
using StoredManifest = ProviderAgent.Workloads.StoredManifest;

namespace ProviderAgent.Adapters;

/// <summary>Keeps what the workloads room remembers in the ledger.</summary>
internal sealed class WorkloadStores(LeaseStore leases, ManifestStore manifests, PortStore ports, HostNameStore hostNames, ManifestSeal seal, TimeProvider time)
    : ILeaseStore, IManifestStore, IPortStore, IHostNameStore
{
    public async Task<IReadOnlyList<LeaseRecord>> ListOpenAsync(CancellationToken ct) => [.. (await leases.ListOpenAsync(ct)).Select(Record)];

    public Task SaveAsync(LeaseRecord lease, CancellationToken ct) => leases.PutAsync(
        new()
        {
            Id = lease.Id,
            State = lease.Stage.ToString(),
            Price = lease.Price,
            CreatedAt = lease.SeenAt,
            CreatedTick = lease.CreatedAt,
            ClosedAt = lease.Stage == LeaseStage.Closed ? time.GetUtcNow() : null,
            CloseReason = lease.CloseReason,
            Manifest = lease.Manifest,
            ExtraJson = JsonSerializer.Serialize(new LeaseExtra(lease.Generation, lease.GoodManifest?.Hex, lease.FailedManifest?.Hex), AdapterJson.Default.LeaseExtra),
        },
        ct);

    public async Task<StoredManifest?> FindAsync(LeaseId lease, ManifestHash hash, CancellationToken ct) =>
        await manifests.FindAsync(lease, hash, ct) is { } stored && seal.Open(lease, hash, stored.GroupJson.Span) is { } manifest ? new(hash, manifest) : null;

    public Task SaveAsync(LeaseId lease, StoredManifest manifest, ManifestHash? keep, CancellationToken ct) =>
        manifests.PutAsync(lease, manifest.Hash, seal.Seal(lease, manifest.Hash, manifest.GroupJson.Span), keep, ct);

    public Task RemoveAsync(LeaseId lease, CancellationToken ct) => manifests.RemoveAsync(lease, ct);

    public async Task<int> ReserveAsync(LeaseId lease, string service, int externalPort, Workloads.PortProtocol protocol, PortRange range, CancellationToken ct)
    {
        var key = new PortKey(lease, service, externalPort, protocol == Workloads.PortProtocol.Udp ? Ledger.PortProtocol.Udp : Ledger.PortProtocol.Tcp);
        return await ports.ReserveAsync(key, new(range.First, range.Last), BusyPorts(), ct) ?? throw new PortsExhaustedException(range);
    }

    public Task ReleaseAsync(LeaseId lease, CancellationToken ct) => ports.ReleaseAsync(lease, ct);

    public async Task<IReadOnlyList<HeldHostName>> ListHostNamesAsync(CancellationToken ct) => [.. (await hostNames.ListAsync(ct)).Select(held => new HeldHostName(held.Name, held.Lease, held.ProvenAt))];

    public Task PutHostNamesAsync(IReadOnlyList<HeldHostName> names, CancellationToken ct) => hostNames.PutAsync([.. names.Select(held => new StoredHostName(held.Name, held.Lease, held.ProvenAt))], ct);

    public Task RemoveHostNamesAsync(IReadOnlyList<string> names, CancellationToken ct) => hostNames.RemoveAsync(names, ct);

    private static LeaseRecord Record(StoredLease lease)
    {
        var extra = JsonSerializer.Deserialize(lease.ExtraJson, AdapterJson.Default.LeaseExtra) ?? new(0);
        return Record(lease, extra);
    }

    private static LeaseRecord Record(StoredLease lease, LeaseExtra extra) => new()
    {
        Id = lease.Id,
        // A stage that this version does not know is looked at anew by the reconciler.
        Stage = Enum.TryParse<LeaseStage>(lease.State, out var stage) ? stage : lease.Manifest is null ? LeaseStage.AwaitingManifest : LeaseStage.Deploying,
        Price = lease.Price,
        CreatedAt = lease.CreatedTick ?? default,
        SeenAt = lease.CreatedAt,
        Manifest = lease.Manifest,
        Generation = extra.Generation,
        GoodManifest = Hash(extra.Good),
        FailedManifest = Hash(extra.Failed),
        CloseReason = lease.CloseReason,
    };

    private static ManifestHash? Hash(string? hex) => hex is not null && ManifestHash.TryParse(hex, out var hash) ? hash : null;

    /// <summary>Ports that programs of this host listen on: a tenant's service could not have them.</summary>
    private static HashSet<int> BusyPorts()
    {
        var host = IPGlobalProperties.GetIPGlobalProperties();
        return [.. host.GetActiveTcpListeners().Concat(host.GetActiveUdpListeners()).Select(address => address.Port)];
    }
}
