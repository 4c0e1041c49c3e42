namespace ProviderAgent.Workloads;

/// <summary>The firewall, driven from this process. For a daemon that runs as root; others go through the host helper.</summary>
internal sealed class NftGuard(NftCommand nft, TimeProvider time) : INetworkGuard, IDisposable
{
    // Somebody else's "flush ruleset" leaves tenants unguarded for at most this long.
    private static readonly TimeSpan RecheckAfter = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _one = new(1, 1);
    private string? _loaded;
    private long _checkedAt;

    public async Task EnsureAsync(NetworkGuardRules rules, CancellationToken ct)
    {
        var script = rules.ToNftScript();
        await _one.WaitAsync(ct);
        try
        {
            if (_loaded == script)
            {
                if (time.GetElapsedTime(_checkedAt) < RecheckAfter) return;
                if (await nft.IsTableLoadedAsync(ct))
                {
                    _checkedAt = time.GetTimestamp();
                    return;
                }
            }

            _loaded = null;
            await nft.ApplyAsync(script, ct);
            (_loaded, _checkedAt) = (script, time.GetTimestamp());
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();
}
