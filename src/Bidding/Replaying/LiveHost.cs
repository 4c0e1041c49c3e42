using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>This provider as the market has it now, for deciding beside the daemon, or before there is one.</summary>
public static class LiveHost
{
    /// <param name="market">Asked for the provider's entry, its audits and the market's rules.</param>
    /// <param name="stock">What the host has, and what of it is free.</param>
    /// <param name="options">How this provider bids.</param>
    /// <param name="wanted">The entry that will be made, where there is none yet.</param>
    /// <param name="ct">Stops asking.</param>
    /// <exception cref="MarketUnavailableException">The market does not answer.</exception>
    public static async Task<HostFacts> ReadAsync(IMarketplace market, InventorySnapshot stock, BiddingOptions options, ProviderRecord wanted, CancellationToken ct)
    {
        var parameters = await market.GetParametersAsync(ct);
        return new()
        {
            Account = market.Account,
            Record = await market.FindProviderAsync(market.Account, ct) ?? wanted,
            Audits = (await market.ListAuditsAsync(market.Account, ct)).ToValueList(),
            Parameters = parameters,
            Clock = market.Clock,
            Inventory = stock,
            MaxOpenBids = options.MaxOpen,
            Deposit = DepositRule.Choose(options.Deposit, parameters.MinBidDeposits),
            MaxOrderAge = options.MaxOrderAge,
            SpareSlots = options.SpareSlots,
            Tick = market.Health.Tick,
        };
    }
}
