using ProviderAgent.Gateway;
using ProviderAgent.Ledger;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Adapters;

/// <summary>Keeps tenants' public keys in the ledger.</summary>
internal sealed class KeyArchive(AccountKeyStore store) : IKeyArchive
{
    public Task<byte[]?> FindAsync(AccountAddress account, CancellationToken ct) => store.FindAsync(account, ct);

    public Task SaveAsync(AccountAddress account, ReadOnlyMemory<byte> key, CancellationToken ct) => store.PutAsync(account, key, ct);
}
