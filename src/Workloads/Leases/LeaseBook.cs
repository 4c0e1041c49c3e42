using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>The leases of this host: in memory for reading, in the store before any change is seen.</summary>
/// <remarks>Reading is lock-free. Changes go one at a time; each is durable before it is visible.</remarks>
public sealed partial class LeaseBook(ILeaseStore store, TimeProvider time, ILogger<LeaseBook> log) : IDisposable
{
    private readonly ConcurrentDictionary<LeaseId, LeaseRecord> _leases = new();
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Raised after each change, with the new record. Handlers must be quick.</summary>
    public event Action<LeaseRecord>? Changed;

    /// <summary>Leases that are not closed, in no particular order.</summary>
    public IReadOnlyCollection<LeaseRecord> Open => [.. _leases.Values];

    public LeaseRecord? Find(LeaseId id) => _leases.GetValueOrDefault(id);

    /// <summary>Reads what an earlier run left. Once, before anything else.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        foreach (var lease in await store.ListOpenAsync(ct)) _leases[lease.Id] = lease;
        if (!_leases.IsEmpty) Log.Loaded(log, _leases.Count);
    }

    /// <summary>Takes in a lease that the market says is running. Known ones stay as they are.</summary>
    public Task AdoptAsync(Lease lease, CancellationToken ct) => AdoptAsync(lease, LeaseStage.AwaitingManifest, ct);

    /// <summary>Takes in a lease that has ended on the market while the engine still holds something of it.</summary>
    public Task AdoptEndedAsync(Lease lease, CancellationToken ct) => AdoptAsync(lease, LeaseStage.Closing, ct);

    /// <summary>Moves a lease along its table. Null when the event changes nothing, or the lease is not known.</summary>
    /// <param name="id">The lease.</param>
    /// <param name="happened">What happened to it.</param>
    /// <param name="alter">Further changes that become visible together with the new stage.</param>
    /// <param name="ct">Stops the waiting; a change that is being written is finished.</param>
    public async Task<LeaseRecord?> ApplyAsync(LeaseId id, LeaseEvent happened, Func<LeaseRecord, LeaseRecord>? alter, CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            if (!_leases.TryGetValue(id, out var lease)) return null;
            if (LeaseMachine.Next(lease.Stage, happened) is not { } stage) return null;
            var record = (alter?.Invoke(lease) ?? lease) with { Stage = stage };
            await KeepAsync(record, ct);
            if (stage != lease.Stage) Log.Moved(log, id, lease.Stage, stage);
            return record;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task AdoptAsync(Lease lease, LeaseStage stage, CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            if (_leases.ContainsKey(lease.Id)) return;
            await KeepAsync(
                new() { Id = lease.Id, Stage = stage, Price = lease.Price, CreatedAt = lease.CreatedAt, SeenAt = time.GetUtcNow(), CloseReason = lease.CloseReason }, ct);
            if (stage == LeaseStage.Closing) Log.LeftOver(log, lease.Id);
            else Log.Won(log, lease.Id, lease.Price);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task KeepAsync(LeaseRecord record, CancellationToken ct)
    {
        await store.SaveAsync(record, ct);
        if (record.Stage == LeaseStage.Closed) _leases.TryRemove(record.Id, out _);
        else _leases[record.Id] = record;
        Changed?.Invoke(record);
    }

    private static partial class Log
    {
        [LoggerMessage(4000, LogLevel.Information, "{Count} leases are known from before", EventName = "Loaded")]
        public static partial void Loaded(ILogger logger, int count);

        [LoggerMessage(4001, LogLevel.Information, "Lease {Lease} is ours at {Price}; waiting for its manifest", EventName = "Won")]
        public static partial void Won(ILogger logger, LeaseId lease, Rate price);

        [LoggerMessage(4003, LogLevel.Warning, "Lease {Lease} has ended, but the engine still holds something of it; it is taken down", EventName = "LeftOver")]
        public static partial void LeftOver(ILogger logger, LeaseId lease);

        [LoggerMessage(4002, LogLevel.Information, "Lease {Lease}: {From} -> {To}", EventName = "Moved")]
        public static partial void Moved(ILogger logger, LeaseId lease, LeaseStage from, LeaseStage to);
    }
}
