using ProviderAgent.Chain.Endpoints;
using ProviderAgent.Chain.Rpc;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Queries;

/// <summary>What the chain's present version can do. An older chain refuses a whole transaction for one field that it does not know.</summary>
internal sealed class Capabilities(IMarketQueries queries, EndpointPool pool, TimeProvider time)
{
    // A chain that is upgraded gains abilities and never loses them; so only a "no" is asked again.
    private static readonly TimeSpan Recheck = TimeSpan.FromMinutes(10);

    private volatile Answer? _reclamation;

    /// <summary>True when bids may offer a reclaim window (node 2.1 and later).</summary>
    /// <exception cref="MarketUnavailableException">The chain could not be asked.</exception>
    public async Task<bool> HasReclamationAsync(CancellationToken ct)
    {
        if (_reclamation is { } known && (known.Value || time.GetElapsedTime(known.At) < Recheck)) return known.Value;
        var parameters = await queries.GetParametersAsync(ct);
        var value = parameters.ReclaimWindow is not null || await ListsVersionsAsync(ct);
        _reclamation = new(value, time.GetTimestamp());
        return value;
    }

    private async Task<bool> ListsVersionsAsync(CancellationToken ct)
    {
        try
        {
            var discovery = await pool.AskAsync((endpoint, stop) => endpoint.Queries.DiscoverAsync(stop), ct);
            return discovery.SupportedVersions.Count > 0;
        }
        catch (EndpointException e) when (e.Fault == EndpointFault.Refused)
        {
            return false; // a node without the route is older still
        }
        catch (EndpointException e)
        {
            throw new MarketUnavailableException(e.Message, isTransient: e.Fault != EndpointFault.WrongNetwork, e);
        }
    }

    private sealed record Answer(bool Value, long At);
}
