using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway;

/// <summary>Bounds the open streams, in all and per lease.</summary>
internal sealed class StreamSlots(int total, int perLease, GatewayMetrics metrics)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<LeaseId, int> _byLease = [];
    private int _taken;

    /// <summary>Null when there is no slot. The slot is given back by disposing it.</summary>
    public IDisposable? TryTake(LeaseId lease)
    {
        lock (_gate)
        {
            var own = _byLease.GetValueOrDefault(lease);
            if (_taken >= total || own >= perLease) return null;
            _taken++;
            _byLease[lease] = own + 1;
        }

        metrics.StreamOpened();
        return new Slot(this, lease);
    }

    private void Give(LeaseId lease)
    {
        lock (_gate)
        {
            _taken--;
            if (--_byLease[lease] == 0) _byLease.Remove(lease);
        }

        metrics.StreamClosed();
    }

    private sealed class Slot(StreamSlots owner, LeaseId lease) : IDisposable
    {
        private StreamSlots? _owner = owner;

        public void Dispose() => Interlocked.Exchange(ref _owner, null)?.Give(lease);
    }
}
