using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway;

/// <summary>Public keys of accounts, kept over restarts, so that tenants can log in while the market is down. Optional.</summary>
/// <remarks>A key never changes and is no secret. The archive bounds itself; losing one costs a question to the market.</remarks>
public interface IKeyArchive
{
    /// <summary>Null when the key is not known here. May throw: the market is asked then.</summary>
    Task<byte[]?> FindAsync(AccountAddress account, CancellationToken ct);

    /// <summary>Keeps a key that the market gave. May throw: then it is asked again after a restart.</summary>
    Task SaveAsync(AccountAddress account, ReadOnlyMemory<byte> key, CancellationToken ct);
}

/// <summary>Keeps nothing.</summary>
internal sealed class NoKeyArchive : IKeyArchive
{
    public Task<byte[]?> FindAsync(AccountAddress account, CancellationToken ct) => Task.FromResult<byte[]?>(null);

    public Task SaveAsync(AccountAddress account, ReadOnlyMemory<byte> key, CancellationToken ct) => Task.CompletedTask;
}
