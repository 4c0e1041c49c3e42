using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Keeps the leases of this host over restarts.</summary>
public interface ILeaseStore
{
    /// <summary>All leases that are not <see cref="LeaseStage.Closed"/>.</summary>
    Task<IReadOnlyList<LeaseRecord>> ListOpenAsync(CancellationToken ct);

    /// <summary>Inserts or replaces; durable when it returns.</summary>
    Task SaveAsync(LeaseRecord lease, CancellationToken ct);
}

/// <summary>Keeps accepted manifests over restarts. They can hold registry passwords.</summary>
public interface IManifestStore
{
    /// <summary>An accepted manifest of a lease: the latest, or the one that was to be kept; null when it is neither.</summary>
    Task<StoredManifest?> FindAsync(LeaseId lease, ManifestHash hash, CancellationToken ct);

    /// <summary>Durable when it returns.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="manifest">The accepted manifest.</param>
    /// <param name="keep">An earlier one that must still be found later; null for none.</param>
    /// <param name="ct">Stops the waiting as long as the write has not begun.</param>
    Task SaveAsync(LeaseId lease, StoredManifest manifest, ManifestHash? keep, CancellationToken ct);

    /// <summary>Forgets it, and with it the tenant's secrets.</summary>
    Task RemoveAsync(LeaseId lease, CancellationToken ct);
}

/// <param name="Hash">Version of the whole deployment's manifest, as on the market.</param>
/// <param name="GroupJson">A manifest with the lease's own group only.</param>
public sealed record StoredManifest(ManifestHash Hash, ReadOnlyMemory<byte> GroupJson);

/// <summary>Keeps which port of this host belongs to which port of a tenant's service, so that it stays the same over restarts and updates.</summary>
public interface IPortStore
{
    /// <summary>The port already given out for this use, or a free one of the range; durable when it returns.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="service">The service.</param>
    /// <param name="externalPort">As the tenant names it to the outside, wherever the service listens for it.</param>
    /// <param name="protocol">TCP or UDP.</param>
    /// <param name="range">Where to take a new one from.</param>
    /// <param name="ct">Stops the waiting.</param>
    /// <exception cref="PortsExhaustedException">Every port of the range is given out.</exception>
    Task<int> ReserveAsync(LeaseId lease, string service, int externalPort, PortProtocol protocol, PortRange range, CancellationToken ct);

    Task ReleaseAsync(LeaseId lease, CancellationToken ct);
}

/// <summary>Keeps what a tenant's traffic looked like over restarts, for as long as the lease is open.</summary>
public interface ISignalStore
{
    /// <summary>Of all leases.</summary>
    Task<IReadOnlyList<(LeaseId Lease, TenantSignal Signal)>> ListSignalsAsync(CancellationToken ct);

    /// <summary>Inserts or replaces the one of its kind.</summary>
    Task SaveAsync(LeaseId lease, TenantSignal signal, CancellationToken ct);

    /// <summary>Forgets all of a lease.</summary>
    Task RemoveSignalsAsync(LeaseId lease, CancellationToken ct);
}

/// <summary>An inclusive range of ports of this host.</summary>
public readonly record struct PortRange(int First, int Last)
{
    public int Count => Last - First + 1;

    /// <summary>Reads <c>30000-32767</c>.</summary>
    public static bool TryParse(string? text, out PortRange range)
    {
        range = default;
        var parts = text?.Split('-') ?? [];
        if (parts.Length != 2 || !ushort.TryParse(parts[0], out var first) || !ushort.TryParse(parts[1], out var last) || first == 0 || first > last) return false;
        range = new(first, last);
        return true;
    }

    public override string ToString() => $"{First}-{Last}";
}

/// <summary>No port of the configured range is free.</summary>
public sealed class PortsExhaustedException(PortRange range)
    : Exception($"all {range.Count} ports of workloads.ports ({range}) are given to tenants; widen the range");
