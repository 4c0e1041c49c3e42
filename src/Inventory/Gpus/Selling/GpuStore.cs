using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>A device that must not be sold.</summary>
/// <param name="Uuid">The device.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="Since">Wall time.</param>
public sealed record GpuQuarantine(string Uuid, string Reason, DateTimeOffset Since);

/// <summary>What is remembered of GPUs over restarts. All members may throw when the storage fails: nothing was changed then.</summary>
public interface IGpuStore
{
    Task<IReadOnlyList<GpuQuarantine>> ListQuarantinesAsync(CancellationToken ct);

    /// <summary>Stores a quarantine; the first reason stays when there is one.</summary>
    Task QuarantineAsync(GpuQuarantine quarantine, CancellationToken ct);

    Task RestoreAsync(string uuid, CancellationToken ct);

    /// <summary>Which devices each order was given.</summary>
    Task<IReadOnlyDictionary<OrderId, ValueList<GpuPick>>> ListPicksAsync(CancellationToken ct);

    /// <summary>Stores what an order was given, in place of what was stored for it.</summary>
    Task PutPicksAsync(OrderId order, ValueList<GpuPick> picks, CancellationToken ct);

    Task RemovePicksAsync(OrderId order, CancellationToken ct);
}

/// <summary>Forgets everything at the end of the process: for tools and tests.</summary>
internal sealed class TransientGpuStore : IGpuStore
{
    public Task<IReadOnlyList<GpuQuarantine>> ListQuarantinesAsync(CancellationToken ct) => Task.FromResult<IReadOnlyList<GpuQuarantine>>([]);

    public Task QuarantineAsync(GpuQuarantine quarantine, CancellationToken ct) => Task.CompletedTask;

    public Task RestoreAsync(string uuid, CancellationToken ct) => Task.CompletedTask;

    public Task<IReadOnlyDictionary<OrderId, ValueList<GpuPick>>> ListPicksAsync(CancellationToken ct) =>
        Task.FromResult<IReadOnlyDictionary<OrderId, ValueList<GpuPick>>>(new Dictionary<OrderId, ValueList<GpuPick>>());

    public Task PutPicksAsync(OrderId order, ValueList<GpuPick> picks, CancellationToken ct) => Task.CompletedTask;

    public Task RemovePicksAsync(OrderId order, CancellationToken ct) => Task.CompletedTask;
}

/// <summary>Says why GPUs cannot be given to containers; null when they can. While it says something, no order with GPUs is bid on.</summary>
public delegate string? GpuPassthroughProblem();

/// <summary>Tells whether a process of this host belongs to a container of a tenant.</summary>
public delegate bool TenantProcess(uint pid);
