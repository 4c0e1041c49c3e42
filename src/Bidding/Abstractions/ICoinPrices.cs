namespace ProviderAgent.Bidding;

/// <summary>What AKT is worth: by the market's oracle, otherwise by the configured sources.</summary>
public interface ICoinPrices
{
    /// <summary>Reads now.</summary>
    /// <returns>What may be reckoned with; null when no price is known well enough.</returns>
    Task<CoinPrice?> ReadAsync(CancellationToken ct);
}
