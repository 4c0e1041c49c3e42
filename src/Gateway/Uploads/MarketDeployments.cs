using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway;

/// <summary>What the market says about deployments, remembered for a few seconds.</summary>
internal sealed class MarketDeployments(IMarketplace market, IOptions<GatewayOptions> options, TimeProvider time)
{
    private const int MaxRemembered = 1024;

    private readonly LruCache<DeploymentId, Remembered> _remembered = new(MaxRemembered);

    /// <summary>The deployment as last read, if that is recent enough; else as it is now. Null when the market has none.</summary>
    public async Task<(Deployment? Deployment, bool IsFresh)> FindAsync(DeploymentId id, CancellationToken ct) =>
        _remembered.TryGet(id, out var known) && time.GetElapsedTime(known.At) < options.Value.DeploymentCache
            ? (known.Deployment, false)
            : (await ReadAsync(id, ct), true);

    /// <summary>The deployment as it is now. Null when the market has none.</summary>
    /// <exception cref="BackendUnavailableException">The market cannot be asked, or not in time.</exception>
    public async Task<Deployment?> ReadAsync(DeploymentId id, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(options.Value.MarketTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            var asked = time.GetTimestamp(); // before the question: the answer is at least this old
            var deployment = await market.FindDeploymentAsync(id, either.Token);
            if (deployment is null) _remembered.Remove(id);
            else _remembered.Set(id, new(deployment, asked));
            return deployment;
        }
        catch (Exception e) when (e is MarketUnavailableException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw new BackendUnavailableException("the market cannot be asked about this deployment now; send the manifest again in a moment", e);
        }
    }

    private sealed record Remembered(Deployment Deployment, long At);
}
