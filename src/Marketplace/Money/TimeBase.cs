namespace ProviderAgent.Marketplace;

/// <summary>The span of time that one unit of a <see cref="Rate"/> pays for.</summary>
public enum TimeBase
{
    /// <summary>One step of the market's own clock (on today's chain a block). What leases are paid by.</summary>
    Tick,
    Second,
    Hour,
    Day,

    /// <summary>30.437 days, the month that existing price lists of this market reckon with.</summary>
    Month,
}
