using Microsoft.Extensions.Options;
using ProviderAgent.Chain.Endpoints;
using ProviderAgent.Chain.Queries;
using ProviderAgent.Chain.Wire.Node;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Sending;

/// <summary>How much gas and fee a transaction gets. Belongs to the sender's worker.</summary>
internal sealed class FeePolicy
{
    private readonly AbciReader _reader;
    private readonly ChainGasOptions _options;
    private readonly GasPrice _price;
    private readonly GasPrice _limit;
    private readonly Dictionary<Endpoint, string> _asked = [];

    public FeePolicy(AbciReader reader, IOptions<ChainOptions> options)
    {
        (_reader, _options) = (reader, options.Value.Gas);
        _price = Parse(_options.Price);
        _limit = Parse(_options.MaxPrice);
    }

    /// <summary>The coin that fees are paid in.</summary>
    public Denom Denom => _price.Denom;

    /// <summary>Highest gas limit that is ever paid for.</summary>
    public long Ceiling => _options.Ceiling;

    /// <summary>Gas limit for what a simulation used; above <see cref="Ceiling"/> when the transaction is too expensive.</summary>
    public long GasLimit(long used, decimal boost)
    {
        if (used > Ceiling) return used;
        var wanted = decimal.Ceiling(used * _options.Adjustment * boost);
        return wanted > Ceiling ? Ceiling : (long)wanted;
    }

    /// <summary>The fee for a gas limit at an endpoint: our price, or the endpoint's own minimum where that is higher, up to the highest price.</summary>
    public Coin FeeFor(long gas, Endpoint endpoint) => PriceAt(endpoint).FeeFor(gas);

    /// <summary>The price that an endpoint gets.</summary>
    public GasPrice PriceAt(Endpoint endpoint) => _price.Raise(_asked.GetValueOrDefault(endpoint, ""), _limit);

    /// <summary>Asks an endpoint for its minimum price, once or anew. An endpoint that does not tell gets our price.</summary>
    /// <returns>True when the price for it has changed.</returns>
    public async Task<bool> LearnAsync(Endpoint endpoint, bool again, CancellationToken ct)
    {
        if (!again && _asked.ContainsKey(endpoint)) return false;
        var before = PriceAt(endpoint);
        try
        {
            var config = await _reader.FindAsync(QueryPaths.NodeConfig, new ConfigRequest(), ConfigResponse.Parser, ct, endpoint);
            _asked[endpoint] = config?.MinimumGasPrice ?? "";
        }
        catch (MarketUnavailableException)
        {
            _asked[endpoint] = "";
        }

        return PriceAt(endpoint) != before;
    }

    private static GasPrice Parse(string text) =>
        GasPrice.TryParse(text, out var price) ? price : throw new ArgumentException($"'{text}' is no gas price");
}
