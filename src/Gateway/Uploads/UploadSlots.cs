using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway;

/// <summary>Bounds how many manifests are in memory at one time, in all and per tenant. Nobody waits: who finds no slot is told to come again.</summary>
internal sealed class UploadSlots(int total, int perTenant)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<AccountAddress, int> _byTenant = [];
    private int _taken;

    /// <summary>Null when there is no slot. The slot is given back by disposing it.</summary>
    public IDisposable? TryTake(AccountAddress tenant)
    {
        lock (_gate)
        {
            var own = _byTenant.GetValueOrDefault(tenant);
            if (_taken >= total || own >= perTenant) return null;
            _taken++;
            _byTenant[tenant] = own + 1;
            return new Slot(this, tenant);
        }
    }

    private void Give(AccountAddress tenant)
    {
        lock (_gate)
        {
            _taken--;
            if (--_byTenant[tenant] == 0) _byTenant.Remove(tenant);
        }
    }

    private sealed class Slot(UploadSlots owner, AccountAddress tenant) : IDisposable
    {
        private UploadSlots? _owner = owner;

        public void Dispose() => Interlocked.Exchange(ref _owner, null)?.Give(tenant);
    }
}
