namespace ProviderAgent.Bidding;

/// <summary>One item of <c>pricing.rules</c>: when all its conditions hold, it changes the price or refuses the order. Rules work in the order of the list.</summary>
/// <remarks>A rule has at least one of <c>multiply</c>, <c>add</c>, <c>set</c> and <c>refuse</c>; several are done in this order.</remarks>
public sealed class PriceRuleOptions
{
    /// <summary>Name in decisions; unique.</summary>
    /// <value>Required.</value>
    public string Name { get; set; } = "";

    /// <summary>When it applies.</summary>
    /// <value>Default: always.</value>
    public PriceConditionOptions When { get; set; } = new();

    /// <summary>Factor on the price so far.</summary>
    /// <value>Default none; 0.0001 to 10 000.</value>
    public decimal? Multiply { get; set; }

    /// <summary>USD per month on top; negative takes off, but never below zero.</summary>
    /// <value>Default none; -1 000 000 to 1 000 000.</value>
    public decimal? Add { get; set; }

    /// <summary>The price in USD per month, whatever it was; for example 0.01 for orders of one's own accounts.</summary>
    /// <value>Default none; above 0, at most 1 000 000 000.</value>
    public decimal? Set { get; set; }

    /// <summary>No bid, for this reason.</summary>
    /// <value>Default none.</value>
    public string? Refuse { get; set; }
}

/// <summary>Conditions of a rule; those that are given must all hold.</summary>
public sealed class PriceConditionOptions
{
    /// <summary>Wall-clock hours <c>22:00-06:00</c> in <see cref="TimeZone"/>, end not included; may pass midnight, and then belongs to the day it began on.</summary>
    /// <value>Default: any. Goes by what the clock on the wall shows: an hour that a change of the clocks skips does not come, one that it repeats counts twice.</value>
    public string? Hours { get; set; }

    /// <summary>Days <c>mon</c> to <c>sun</c>.</summary>
    /// <value>Default: any.</value>
    public List<string> Days { get; set; } = [];

    /// <summary>Time zone of hours and days, for example <c>Europe/Berlin</c>.</summary>
    /// <value>Default <c>UTC</c>.</value>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>Accounts of tenants.</summary>
    /// <value>Default: any.</value>
    public List<string> Owners { get; set; } = [];

    /// <summary>Attributes that the order must require, for example <c>region: eu-central</c>.</summary>
    /// <value>Default: any.</value>
    public Dictionary<string, string> Attributes { get; set; } = [];

    /// <summary>The order asks for GPUs.</summary>
    /// <value>Default: either.</value>
    public bool? Gpu { get; set; }

    /// <summary>The bid would promise notice (<c>bidding.reclamation_window</c>) before resources are taken back.</summary>
    /// <value>Default: either.</value>
    public bool? Notice { get; set; }

    /// <summary>Coin that the order is paid in.</summary>
    /// <value>Default: any.</value>
    public string? Denom { get; set; }

    /// <summary>Part of a resource that is taken before this order: <c>cpu</c>, <c>memory</c>, <c>storage</c>, <c>gpu</c>, or <c>any</c> for the one that is scarcest.</summary>
    /// <value>Default: any amount. 0 to 1; it must be at least this much.</value>
    public Dictionary<string, decimal> UsedFrom { get; set; } = [];

    /// <summary>As above; it must be less than this.</summary>
    /// <value>Default: any amount.</value>
    public Dictionary<string, decimal> UsedBelow { get; set; } = [];

    /// <summary>The price so far, USD per month, is less than this.</summary>
    /// <value>Default: any price. For refusing orders that are not worth it.</value>
    public decimal? PriceBelow { get; set; }
}
