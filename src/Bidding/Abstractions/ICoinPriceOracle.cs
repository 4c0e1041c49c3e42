using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>The market's own word on what a coin is worth. Optional: where nobody implements it, only the configured sources are asked.</summary>
public interface ICoinPriceOracle
{
    /// <summary>USD for one coin (a million of <paramref name="denom"/>); null when the market has no price now.</summary>
    /// <exception cref="MarketUnavailableException">It cannot be asked.</exception>
    Task<Decimal18?> FindUsdAsync(Denom denom, CancellationToken ct);
}
