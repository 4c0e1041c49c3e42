using System.Collections.Concurrent;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>A host name that a lease holds.</summary>
/// <param name="Name">Lower case.</param>
/// <param name="Lease">The lease.</param>
/// <param name="ProvenAt">When its owner showed that it may be used; null when nobody has.</param>
public sealed record HeldHostName(string Name, LeaseId Lease, DateTimeOffset? ProvenAt);

/// <summary>Keeps which lease holds which host name over restarts.</summary>
public interface IHostNameStore
{
    Task<IReadOnlyList<HeldHostName>> ListHostNamesAsync(CancellationToken ct);

    /// <summary>Inserts or replaces all of them, or none; durable when it returns.</summary>
    Task PutHostNamesAsync(IReadOnlyList<HeldHostName> names, CancellationToken ct);

    /// <summary>Durable when it returns; names that nobody holds are no error.</summary>
    Task RemoveHostNamesAsync(IReadOnlyList<string> names, CancellationToken ct);
}

/// <summary>What came of moving host names.</summary>
/// <param name="Moved">Those that the destination holds now.</param>
/// <param name="TakenByOther">The first that another owner holds, so that nothing was moved; null when none is.</param>
public sealed record HostNameMove(ValueList<string> Moved, string? TakenByOther);

/// <summary>Who holds which host name: first come, first served between owners. One writer; each change is durable before it is seen.</summary>
public sealed class HostNameBook(IHostNameStore store, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<string, HeldHostName> _held = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _one = new(1, 1);
    private bool _isLoaded;
    private bool _hasChanged;

    /// <summary>Raised after a change.</summary>
    public event Action? Changed;

    public HeldHostName? Find(string name) => _held.GetValueOrDefault(name);

    /// <summary>Names that a lease holds.</summary>
    public IReadOnlyList<HeldHostName> Of(LeaseId lease) => [.. _held.Values.Where(held => held.Lease == lease)];

    /// <summary>Reads what an earlier run left; later calls do nothing.</summary>
    public Task LoadAsync(CancellationToken ct) => ChangeAsync(() => Task.FromResult(true), ct);

    /// <summary>Takes names for a lease: those that are free, and those that an earlier lease of the same group left. What another lease of the same owner has stays there.</summary>
    /// <returns>The first name that another owner holds; then nothing was taken. Null when none is.</returns>
    public Task<string?> ReserveAsync(LeaseId lease, IEnumerable<string> names, CancellationToken ct) => ChangeAsync(
        async () =>
        {
            var wanted = names.ToArray();
            if (wanted.FirstOrDefault(name => _held.TryGetValue(name, out var held) && held.Lease.Owner != lease.Owner) is { } taken) return taken;
            await PutAsync([.. wanted.Where(name => !_held.TryGetValue(name, out var held) || (held.Lease != lease && held.Lease.Group == lease.Group)).Select(name => new HeldHostName(name, lease, Proof(name)))], ct);
            return null;
        },
        ct);

    /// <summary>Moves names to another lease of the same owner; names that nobody holds are taken.</summary>
    public Task<HostNameMove> MoveAsync(LeaseId destination, IReadOnlyList<string> names, CancellationToken ct) => ChangeAsync(
        async () =>
        {
            if (names.FirstOrDefault(name => _held.TryGetValue(name, out var held) && held.Lease.Owner != destination.Owner) is { } taken) return new HostNameMove([], taken);
            await PutAsync([.. names.Where(name => Find(name)?.Lease != destination).Select(name => new HeldHostName(name, destination, Proof(name)))], ct);
            return new HostNameMove([.. names], null);
        },
        ct);

    /// <summary>Notes that the owner of the lease that holds this name may use it. Without effect when the lease holds it no more.</summary>
    public Task ProveAsync(string name, AccountAddress owner, CancellationToken ct) => ChangeAsync(
        async () =>
        {
            if (Find(name) is not { ProvenAt: null } held || held.Lease.Owner != owner) return false;
            await PutAsync([held with { ProvenAt = time.GetUtcNow() }], ct);
            return true;
        },
        ct);

    /// <summary>The lease is over, or its manifest names others now.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="keep">Names that it goes on holding.</param>
    /// <param name="ct">Stops the waiting.</param>
    public Task ReleaseAsync(LeaseId lease, IReadOnlyCollection<string> keep, CancellationToken ct) => ChangeAsync(
        async () =>
        {
            var gone = Of(lease).Select(held => held.Name).Except(keep, StringComparer.Ordinal).ToArray();
            if (gone.Length == 0) return false;
            await store.RemoveHostNamesAsync(gone, ct);
            foreach (var name in gone) _held.TryRemove(name, out _);
            _hasChanged = true;
            return true;
        },
        ct);

    public void Dispose() => _one.Dispose();

    // What one lease of an owner has shown is good for the owner's others.
    private DateTimeOffset? Proof(string name) => Find(name)?.ProvenAt;

    private async Task PutAsync(IReadOnlyList<HeldHostName> names, CancellationToken ct)
    {
        if (names.Count == 0) return;
        await store.PutHostNamesAsync(names, ct);
        foreach (var held in names) _held[held.Name] = held;
        _hasChanged = true;
    }

    private async Task<T> ChangeAsync<T>(Func<Task<T>> change, CancellationToken ct)
    {
        T result;
        bool hasChanged;
        await _one.WaitAsync(ct);
        try
        {
            if (!_isLoaded)
            {
                foreach (var held in await store.ListHostNamesAsync(ct)) _held[held.Name] = held;
                _isLoaded = true;
            }

            _hasChanged = false;
            result = await change();
            hasChanged = _hasChanged;
        }
        finally
        {
            _one.Release();
        }

        if (hasChanged) Changed?.Invoke();
        return result;
    }
}
