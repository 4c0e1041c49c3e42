using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Section <c>bidding.budget</c>: what bidding may cost.</summary>
public sealed class BudgetOptions
{
    /// <summary>Most fees within an hour, of all transactions; then no bid is placed, and everything else still goes. What an earlier run has spent counts.</summary>
    /// <value>Default 10 AKT, enough for some 900 bids. In the coin of <c>chain.gas.price</c>.</value>
    public Coin? FeesPerHour { get; set; } = new(10_000_000, Denom.Parse("uakt"));

    /// <summary>As above, within 24 hours.</summary>
    /// <value>Default 50 AKT.</value>
    public Coin? FeesPerDay { get; set; } = new(50_000_000, Denom.Parse("uakt"));

    /// <summary>Most that deposits of open bids and running leases lock up together.</summary>
    /// <value>Default empty: no limit but that of <c>bidding.max_open</c>.</value>
    public Coin? Deposits { get; set; }

    /// <summary>What must stay on the account after a deposit, so that leases can still be served and bids be taken back.</summary>
    /// <value>Default 0.1akt; looked at once per sweep.</value>
    public Coin Keep { get; set; } = new(100_000, Denom.Parse("uakt"));
}
