using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Section <c>bidding.budget</c>: what bidding may cost.</summary>
public sealed class BudgetOptions
{
    /// <summary>Most that bids and their taking back may cost in fees within 24 hours; then bidding waits. Counted from what bids did cost, those before a restart by their number.</summary>
    /// <value>Default empty: no limit. In the coin that fees are paid in.</value>
    public Coin? FeesPerDay { get; set; }

    /// <summary>As above, within an hour.</summary>
    /// <value>Default empty: no limit.</value>
    public Coin? FeesPerHour { get; set; }

    /// <summary>Most that is locked in deposits of bids at one time.</summary>
    /// <value>Default empty: no limit but that of <c>bidding.max_open</c>.</value>
    public Coin? Deposits { get; set; }

    /// <summary>What must stay on the account after a deposit, so that leases can still be served and bids be taken back.</summary>
    /// <value>Default 0.1akt; looked at once per sweep.</value>
    public Coin Keep { get; set; } = new(100_000, Denom.Parse("uakt"));
}
