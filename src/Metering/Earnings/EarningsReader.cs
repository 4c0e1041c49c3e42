namespace ProviderAgent.Metering;

/// <summary>Gathers what the report on earnings needs.</summary>
/// <param name="settlements">The books on money.</param>
/// <param name="usage">What was used.</param>
/// <param name="market">Asked for what is owed now.</param>
public sealed class EarningsReader(ISettlementLog settlements, IUsageLog usage, IMarketplace market)
{
    /// <summary>Reads books and usage, and from the market what is owed. Without the market the report says so and has the rest.</summary>
    /// <exception cref="MeteringUnavailableException">The ledger cannot be used.</exception>
    public async Task<EarningsReport> ReadAsync(CancellationToken ct) => EarningsReport.Build(
        await settlements.ListIncomeAsync(ct).ConfigureAwait(false),
        await usage.SumAllAsync(ct).ConfigureAwait(false),
        await ReadAccountsAsync(ct).ConfigureAwait(false));

    private async Task<LeaseAccounts?> ReadAccountsAsync(CancellationToken ct)
    {
        try
        {
            return await LeaseAccounts.ReadAsync(market, ct).ConfigureAwait(false);
        }
        catch (MarketUnavailableException)
        {
            return null;
        }
    }
}
