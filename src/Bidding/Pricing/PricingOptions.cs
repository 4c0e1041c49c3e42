namespace ProviderAgent.Bidding;

/// <summary>Section <c>pricing</c>: what this provider asks.</summary>
public sealed class PricingOptions
{
    /// <summary>How prices are made.</summary>
    /// <value>Default <see cref="PricingPolicyKind.Rates"/>, the only one in this version.</value>
    public PricingPolicyKind Policy { get; set; } = PricingPolicyKind.Rates;

    /// <summary>Currency of all prices in this section.</summary>
    /// <value>Default <c>usd</c>, the only one in this version.</value>
    public string Currency { get; set; } = "usd";

    /// <summary>Price list of the policy <c>rates</c>.</summary>
    public RatesOptions Rates { get; set; } = new();
}

/// <summary>How prices are made.</summary>
public enum PricingPolicyKind
{
    /// <summary>From the price list <c>pricing.rates</c>.</summary>
    Rates,
}

/// <summary>A price list: <see cref="PricingOptions.Currency"/> per month of 30.437 days. Defaults are those that most providers of this market start from.</summary>
/// <remarks>All prices are 0 to 1 000 000 000 with at most 18 decimals, and not all of them 0.</remarks>
public sealed class RatesOptions
{
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

    /// <summary>One way into a service from outside (a host name or a port). Counted once per unit, however many replicas it has.</summary>
    /// <value>Default 0.05.</value>
    public decimal Endpoint { get; set; } = 0.05m;

    /// <summary>One leased address. Counted once per unit, however many replicas it has.</summary>
    /// <value>Default 5.</value>
    public decimal Ip { get; set; } = 5m;

    /// <summary>One GPU by <c>model</c>, <c>model.ram</c>, <c>model.interface</c> or <c>model.ram.interface</c>, for example <c>h100.80Gi.sxm</c>; the most exact entry counts. <c>*</c> is any other model.</summary>
    /// <value>Default empty: no GPU is priced, so none is sold.</value>
    public Dictionary<string, decimal> Gpu { get; set; } = new(StringComparer.Ordinal);
}
