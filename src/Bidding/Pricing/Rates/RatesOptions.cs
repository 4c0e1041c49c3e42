namespace ProviderAgent.Bidding;

/// <summary>A price list: <see cref="PricingOptions.Currency"/> per month of 30.437 days, or per hour. Defaults are those that most providers of this market start from.</summary>
/// <remarks>All prices are 0 to 1 000 000 000 with at most 18 decimals, and not all of them 0.</remarks>
public sealed class RatesOptions
{
    /// <summary>What the prices of this list are for.</summary>
    /// <value>Default <see cref="RatePeriod.Month"/>; an hour is a 730.488th of it.</value>
    public RatePeriod Per { get; set; } = RatePeriod.Month;

    /// <summary>One processor thread.</summary>
    /// <value>Default 1.60.</value>
    public decimal Cpu { get; set; } = 1.60m;

    /// <summary>One GiB of memory.</summary>
    /// <value>Default 0.80.</value>
    public decimal Memory { get; set; } = 0.80m;

    /// <summary>One GiB of storage by class; <c>ephemeral</c> is the container's own writable layer, <c>ram</c> is memory. A class that is not listed is not sold.</summary>
    /// <value>Default ephemeral 0.02, ram 0.80, beta1 0.01, beta2 0.03, beta3 0.04.</value>
    public Dictionary<string, decimal> Storage { get; set; } = new(StringComparer.Ordinal)
    {
        ["ephemeral"] = 0.02m,
        ["ram"] = 0.80m, // as memory, which it is
        ["beta1"] = 0.01m,
        ["beta2"] = 0.03m,
        ["beta3"] = 0.04m,
    };

    /// <summary>One GiB of a storage class that is not listed.</summary>
    /// <value>Default empty: it is not sold. 0 gives it away, as the common price script does.</value>
    public decimal? OtherStorage { get; set; }

    /// <summary>One way into a service from outside (a host name or a port). Counted once per unit, however many replicas it has.</summary>
    /// <value>Default 0.05.</value>
    public decimal Endpoint { get; set; } = 0.05m;

    /// <summary>One leased address. Counted once per unit, however many replicas it has.</summary>
    /// <value>Default 5.</value>
    public decimal Ip { get; set; } = 5m;

    /// <summary>One GPU by <c>model</c>, <c>model.ram</c>, <c>model.interface</c> or <c>model.ram.interface</c>, for example <c>h100.80Gi.sxm</c>; the most exact entry counts. <c>*</c> is any other model.</summary>
    /// <value>Default empty: no GPU is priced, so none is sold.</value>
    public Dictionary<string, decimal> Gpu { get; set; } = new(StringComparer.Ordinal);

    /// <summary>One GPU of a model that is not listed.</summary>
    /// <value>Default empty: what <c>*</c> says, and without that it is not sold.</value>
    public decimal? OtherGpu { get; set; }

    /// <summary>Digits after the point of a price per tick; rounded half to even.</summary>
    /// <value>Default 6, as most providers do; 0 to 18.</value>
    public int Digits { get; set; } = 6;
}

/// <summary>What the prices of a list are for.</summary>
public enum RatePeriod
{
    /// <summary>30.437 days.</summary>
    Month,

    /// <summary>A 730.488th of a month.</summary>
    Hour,
}
