using ProviderAgent.Inventory;
using ProviderAgent.Ledger;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Adapters;

/// <summary>Keeps what the inventory remembers of GPUs in the ledger.</summary>
internal sealed class GpuStores(GpuStore store) : IGpuStore
{
    public async Task<IReadOnlyList<GpuQuarantine>> ListQuarantinesAsync(CancellationToken ct) =>
        [.. (await store.ListQuarantinesAsync(ct)).Select(stored => new GpuQuarantine(stored.Uuid, stored.Reason, stored.Since))];

    public Task QuarantineAsync(GpuQuarantine quarantine, CancellationToken ct) => store.QuarantineAsync(new(quarantine.Uuid, quarantine.Reason, quarantine.Since), ct);

    public Task RestoreAsync(string uuid, CancellationToken ct) => store.RestoreAsync(uuid, ct);

    public async Task<IReadOnlyDictionary<OrderId, ValueList<GpuPick>>> ListPicksAsync(CancellationToken ct) =>
        (await store.ListPicksAsync(ct)).GroupBy(stored => stored.Order)
            .ToDictionary(order => order.Key, order => order.Select(stored => new GpuPick((uint)stored.Unit, stored.Replica, stored.Uuid)).ToValueList());

    public Task PutPicksAsync(OrderId order, ValueList<GpuPick> picks, CancellationToken ct) =>
        store.PutPicksAsync(order, [.. picks.Select(pick => new StoredGpuPick(order, pick.Uuid, (int)pick.Unit, pick.Replica))], ct);

    public Task RemovePicksAsync(OrderId order, CancellationToken ct) => store.RemovePicksAsync(order, ct);
}

/// <summary>Tells processes in tenants' containers from others, by the control group that the kernel has them in.</summary>
internal sealed class TenantProcesses(Workloads.IWorkloads workloads)
{
    private const int IdLength = 64;
    private const int MaxBytes = 4096;

    /// <summary>False also when the process is gone or may not be looked at: it then counts as somebody else's.</summary>
    public bool IsTenant(uint pid)
    {
        var text = Read(FormattableString.Invariant($"/proc/{pid}/cgroup"));
        return ContainerIds(text).Any(id => workloads.Snapshot.Leases.Values.Any(lease => lease.Actual.Containers.Any(container => container.Id == id)));
    }

    /// <summary>Runs of 64 hexadecimal digits: engine ids, however the control group driver wraps them.</summary>
    internal static IEnumerable<string> ContainerIds(string text)
    {
        var begin = 0;
        for (var at = 0; at <= text.Length; at++)
        {
            if (at < text.Length && char.IsAsciiHexDigitLower(text[at])) continue;
            if (at - begin == IdLength) yield return text[begin..at];
            begin = at + 1;
        }
    }

    private static string Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var buffer = new byte[MaxBytes];
            return System.Text.Encoding.UTF8.GetString(buffer, 0, file.ReadAtLeast(buffer, MaxBytes, throwOnEndOfStream: false));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
