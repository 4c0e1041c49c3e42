using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway;

/// <summary>Lets one manifest of a deployment be judged and handed over at a time, so that an older one can never overtake a newer one.</summary>
/// <remarks>Waiters are bounded by <see cref="UploadSlots"/>; a lock exists only while somebody holds or awaits it.</remarks>
internal sealed class DeploymentLocks
{
    private readonly Lock _gate = new();
    private readonly Dictionary<DeploymentId, Entry> _entries = [];

    /// <summary>Waits for the deployment's lock; it is given back by disposing the result.</summary>
    public async Task<IDisposable> EnterAsync(DeploymentId deployment, CancellationToken ct)
    {
        Entry? entry;
        lock (_gate)
        {
            if (!_entries.TryGetValue(deployment, out entry)) _entries[deployment] = entry = new();
            entry.Users++;
        }

        try
        {
            await entry.Turn.WaitAsync(ct);
        }
        catch
        {
            Leave(deployment, entry);
            throw;
        }

        return new Held(this, deployment, entry);
    }

    private void Leave(DeploymentId deployment, Entry entry)
    {
        lock (_gate)
        {
            if (--entry.Users == 0) _entries.Remove(deployment);
        }
    }

    private sealed class Entry
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public int Users { get; set; }
    }

    private sealed class Held(DeploymentLocks owner, DeploymentId deployment, Entry entry) : IDisposable
    {
        private DeploymentLocks? _owner = owner;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _owner, null) is not { } locks) return;
            entry.Turn.Release();
            locks.Leave(deployment, entry);
        }
    }
}
