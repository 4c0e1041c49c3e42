namespace ProviderAgent.Metering;

/// <summary>How earnings are drawn. Section <c>treasury</c>.</summary>
public sealed class TreasuryOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "treasury";

    /// <summary>How often leases and their escrows are read. A lease whose escrow runs dry sooner is looked at when it does.</summary>
    /// <value>Default 10 min; 10 s to 1 day.</value>
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>What is to be left for fees and deposits; below it the alarm is raised.</summary>
    /// <value>Default 5akt; 0 for no alarm.</value>
    public Coin KeepAkt { get; set; } = new(5_000_000, Denom.Parse("uakt"));

    /// <summary>Whether earnings are turned into fee coin by themselves when less than that is left. The market burns the one and mints the other at its own price.</summary>
    /// <value>Default false: only the alarm.</value>
    public bool Convert { get; set; }

    /// <summary>When to withdraw.</summary>
    public WithdrawOptions Withdraw { get; set; } = new();
}

/// <summary>When a lease's earnings are withdrawn. Section <c>treasury.withdraw</c>.</summary>
public sealed class WithdrawOptions
{
    /// <summary>The largest part of a payout that its fee may be; smaller payouts wait and grow.</summary>
    /// <value>Default 0.01; above 0, at most 1.</value>
    public decimal MaxFeeShare { get; set; } = 0.01m;

    /// <summary>An escrow that lasts less than this is drawn once, and again when it is dry.</summary>
    /// <value>Default 2 h; 0 to 30 days.</value>
    public TimeSpan MinRunway { get; set; } = TimeSpan.FromHours(2);

    /// <summary>Shortest time between two withdrawals of one lease, as long as its escrow lasts.</summary>
    /// <value>Default 24 h; 10 min to 30 days.</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(24);

    /// <summary>The smallest payout worth a transaction, for leases paid in this coin.</summary>
    /// <value>Default 0uact: the fee share alone decides.</value>
    public Coin Minimum { get; set; } = new(0, Denom.Parse("uact"));

    /// <summary>What one withdrawal costs, until a real one was seen.</summary>
    /// <value>Default 5000uakt, the usual fee of a single withdrawal.</value>
    public Coin ExpectedFee { get; set; } = new(5_000, Denom.Parse("uakt"));

    /// <summary>Worth of one unit of the fee's coin in units of the lease's coin, where the two differ.</summary>
    /// <value>Default 1; above 0. Only used to compare the fee with the payout; the order of magnitude suffices.</value>
    public decimal FeeCoinWorth { get; set; } = 1m;
}
