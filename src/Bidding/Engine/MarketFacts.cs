using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>What is the same for all orders and seldom changes: the market's rules, our entry, what auditors signed. Read at each sweep.</summary>
internal sealed class MarketFacts(IMarketplace market, IOptionsMonitor<BiddingOptions> options)
{
    private volatile MarketView? _current;

    /// <exception cref="InvalidOperationException">Nothing was read yet; the engine judges no order before.</exception>
    public MarketView Current => _current ?? throw new InvalidOperationException("the market's rules have not been read yet");

    /// <exception cref="MarketUnavailableException">Something could not be read; the earlier view stays.</exception>
    public async Task RefreshAsync(CancellationToken ct)
    {
        var parameters = market.GetParametersAsync(ct);
        var record = market.FindProviderAsync(market.Account, ct);
        var audits = market.ListAuditsAsync(market.Account, ct);
        await Task.WhenAll(parameters, record, audits);
        var rules = await parameters;
        Coin? balance = DepositRule.Choose(options.CurrentValue.Deposit, rules.MinBidDeposits) is { } deposit ? await market.GetBalanceAsync(market.Account, deposit.Denom, ct) : null;
        _current = new(rules, await record, (await audits).ToValueList(), balance);
    }
}

/// <param name="Parameters">The market's rules.</param>
/// <param name="Record">Our entry; null when there is none.</param>
/// <param name="Audits">What auditors signed about us.</param>
/// <param name="Balance">What our account holds in the coin of deposits; null where none is taken.</param>
internal sealed record MarketView(MarketParameters Parameters, ProviderRecord? Record, ValueList<AuditRecord> Audits, Coin? Balance);
