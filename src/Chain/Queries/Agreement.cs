using Microsoft.Extensions.Options;
using ProviderAgent.Chain.Endpoints;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Queries;

/// <summary>Lets a second endpoint confirm what nobody should act on by one endpoint's word: that something has ended.</summary>
internal sealed class Agreement(EndpointPool pool, IOptions<ChainOptions> options)
{
    /// <summary>Asks one endpoint; when the answer says that it has ended, asks as many others as are to agree.</summary>
    /// <param name="what">For the message.</param>
    /// <param name="ask">Asks one endpoint.</param>
    /// <param name="isAlive">False for null and for ended.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <exception cref="MarketUnavailableException">The question could not be asked, the endpoints disagree, or too few of them answer.</exception>
    public async Task<T?> ReachAsync<T>(string what, Func<Endpoint, CancellationToken, Task<T?>> ask, Func<T?, bool> isAlive, CancellationToken ct)
        where T : class
    {
        var missing = Math.Min(options.Value.ConfirmOn, pool.All.Count);
        (Endpoint Endpoint, T? Answer)? ended = null;
        MarketUnavailableException? failure = null;
        foreach (var endpoint in pool.InOrder())
        {
            T? answer;
            try
            {
                answer = await ask(endpoint, ct);
            }
            catch (MarketUnavailableException e)
            {
                failure ??= e; // another endpoint may be able to tell
                continue;
            }

            if (isAlive(answer))
            {
                if (ended is not { } other) return answer;
                throw new MarketUnavailableException($"{other.Endpoint} says that {what} has ended, {endpoint} says that it runs; nothing is done until they agree");
            }

            ended ??= (endpoint, answer);
            if (--missing == 0) return ended.Value.Answer;
        }

        if (ended is not { } alone) throw failure ?? new MarketUnavailableException("no endpoint is configured", isTransient: false);
        throw new MarketUnavailableException($"{alone.Endpoint} says that {what} has ended, but no other endpoint can confirm it", inner: failure);
    }
}
