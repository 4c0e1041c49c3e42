using ProviderAgent.Devnet.Tenant;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bench.World;

/// <summary>What a tenant does before its containers run.</summary>
internal static class Trades
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Puts the order on the market and takes the first bid.</summary>
    public static async Task<LeaseId> OpenAsync(DevnetTenant tenant, string sdl, Coin deposit, TimeProvider time, CancellationToken ct)
    {
        var deployment = await tenant.DeployAsync(sdl, deposit, ct);
        var bid = await Patience.ForAsync("a bid", Limit, Pause, async stop => await tenant.ListBidsAsync(deployment.Dseq, stop) is [var first, ..] ? first : null, time, ct);
        return (await tenant.AcceptAsync(bid.Id, ct)).Id;
    }

    /// <summary>Sends the manifest as soon as the daemon takes it: it has to see the lease first.</summary>
    public static Task SendManifestAsync(DevnetTenant tenant, LeaseId lease, string sdl, TimeProvider time, CancellationToken ct)
    {
        return Patience.ForAsync("the manifest to be taken", Limit, Pause, TrySendAsync, time, ct);

        async Task<object?> TrySendAsync(CancellationToken stop)
        {
            try
            {
                return (await tenant.SendManifestAsync(lease.Deployment.Dseq, sdl, stop)).Count > 0 ? lease : null;
            }
            catch (TenantException error) when (error.Code == 404)
            {
                return null;
            }
        }
    }
}
