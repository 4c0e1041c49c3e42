using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Section <c>pricing.floor</c>: what income must cover at least: the fees of bidding and of drawing the income, the locked deposit, and power.</summary>
public sealed class FloorOptions
{
    /// <summary>What happens to a price that does not cover its costs.</summary>
    /// <value>Default <see cref="FloorMode.Raise"/>.</value>
    public FloorMode Mode { get; set; } = FloorMode.Raise;

    /// <summary>How long a lease lasts on average: the fees are spread over it.</summary>
    /// <value>Default 7 d; 1 min to 10 years.</value>
    public TimeSpan ExpectedLease { get; set; } = TimeSpan.FromDays(7);

    /// <summary>The part of bids that win: each lease pays for the lost ones too.</summary>
    /// <value>Default 0.25; 0.001 to 1.</value>
    public decimal WinShare { get; set; } = 0.25m;

    /// <summary>Fee of one bid.</summary>
    /// <value>Default 5000uakt.</value>
    public Coin BidFee { get; set; } = new(5_000, Denom.Parse("uakt"));

    /// <summary>Fees of one lease after it is won: drawing its income and closing it.</summary>
    /// <value>Default 10000uakt.</value>
    public Coin LeaseFees { get; set; } = new(10_000, Denom.Parse("uakt"));

    /// <summary>What a year of a locked deposit costs, as a part of it.</summary>
    /// <value>Default 0.1; 0 to 10.</value>
    public decimal DepositCostPerYear { get; set; } = 0.1m;

    /// <summary>USD for one AKT in these costs, while its price is not known. Rather too high than too low.</summary>
    /// <value>Default 2; above 0.</value>
    public decimal AktUsd { get; set; } = 2m;

    /// <summary>How much more than the costs the price must be, as a part of them.</summary>
    /// <value>Default 0; 0 to 100.</value>
    public decimal Margin { get; set; }
}

/// <summary>What happens to a price that does not cover its costs.</summary>
public enum FloorMode
{
    /// <summary>It is raised to the costs.</summary>
    Raise,

    /// <summary>There is no bid.</summary>
    Decline,

    /// <summary>Nothing: bids may lose money.</summary>
    Off,
}
