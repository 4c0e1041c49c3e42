using ProviderAgent.Bidding;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Adapters;

/// <summary>Coin prices by the market's own oracle.</summary>
internal sealed class MarketCoinPrice(IMarketConversions conversions) : ICoinPriceOracle
{
    public Task<Decimal18?> FindUsdAsync(Denom denom, CancellationToken ct) => conversions.FindUsdAsync(denom, ct);
}
