using ProviderAgent.Ledger;
using ProviderAgent.Marketplace;
using ProviderAgent.Workloads;

namespace ProviderAgent.Adapters;

/// <summary>Keeps signs of abuse in the ledger. A kind of another version of this daemon is left alone.</summary>
internal sealed class WorkloadSignals(SignalStore store) : ISignalStore
{
    public async Task<IReadOnlyList<(LeaseId Lease, TenantSignal Signal)>> ListSignalsAsync(CancellationToken ct) =>
    [
        .. (await store.ListAsync(ct))
            .Where(row => Enum.TryParse<TenantSignalKind>(row.Kind, out _))
            .Select(row => (row.Lease, TenantSignal.Of(Enum.Parse<TenantSignalKind>(row.Kind), row.FirstAt, row.LastAt, row.Count))),
    ];

    public Task SaveAsync(LeaseId lease, TenantSignal signal, CancellationToken ct) =>
        store.PutAsync(new(lease, signal.Kind.ToString(), signal.FirstSeenAt, signal.LastSeenAt, signal.Count), ct);

    public Task RemoveSignalsAsync(LeaseId lease, CancellationToken ct) => store.RemoveAsync(lease, ct);
}
