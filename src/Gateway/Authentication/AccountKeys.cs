using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway;

/// <summary>Public keys of the market's accounts. A key never changes, so one that is known is never asked for again.</summary>
internal sealed partial class AccountKeys(IMarketplace market, IKeyArchive archive, IOptions<GatewayOptions> options, TimeProvider time, ILogger<AccountKeys> log) : IDisposable
{
    // Anybody can make up accounts; these bounds keep that from flooding the market's endpoints.
    private const int MaxLookups = 16;
    private const int MaxUnknown = 10_000;
    private static readonly TimeSpan UnknownFor = TimeSpan.FromSeconds(5);

    private readonly LruCache<AccountAddress, byte[]> _keys = new(options.Value.Limits.Keys);
    private readonly LruCache<AccountAddress, long> _unknown = new(MaxUnknown);
    private readonly SemaphoreSlim _lookups = new(MaxLookups);

    public void Dispose() => _lookups.Dispose();

    /// <summary>The key; null when the account has none (it never signed anything) or does not exist.</summary>
    /// <exception cref="MarketUnavailableException">The market cannot be asked.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, also while waiting for others' lookups.</exception>
    public async ValueTask<byte[]?> FindAsync(AccountAddress account, CancellationToken ct)
    {
        if (_keys.TryGet(account, out var known)) return known;
        if (_unknown.TryGet(account, out var asked) && time.GetElapsedTime(asked) < UnknownFor) return null;
        await _lookups.WaitAsync(ct);
        try
        {
            return await LookUpAsync(account, ct);
        }
        finally
        {
            _lookups.Release();
        }
    }

    private async Task<byte[]?> LookUpAsync(AccountAddress account, CancellationToken ct)
    {
        var key = await TryArchiveAsync(() => archive.FindAsync(account, ct), ct);
        if (key is null)
        {
            key = await market.FindPublicKeyAsync(account, ct);
            if (key is { } found) await TryArchiveAsync(() => SaveAsync(account, found, ct), ct);
        }

        if (key is null) _unknown.Set(account, time.GetTimestamp());
        else _keys.Set(account, key);
        return key;
    }

    private async Task<byte[]?> SaveAsync(AccountAddress account, byte[] key, CancellationToken ct)
    {
        await archive.SaveAsync(account, key, ct);
        return key;
    }

    /// <summary>The archive is a convenience: its failure fails nothing else.</summary>
    private async Task<byte[]?> TryArchiveAsync(Func<Task<byte[]?>> use, CancellationToken ct)
    {
        try
        {
            return await use();
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            Log.ArchiveFailed(log, e);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(6102, LogLevel.Warning, "The archive of tenants' keys failed; the market is asked instead, and nobody can log in while it is down", EventName = "KeyArchiveFailed")]
        public static partial void ArchiveFailed(ILogger logger, Exception error);
    }
}
