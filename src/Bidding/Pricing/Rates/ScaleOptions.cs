namespace ProviderAgent.Bidding;

/// <summary>Prices of the policy <c>scale</c>, in the smallest unit of the order's coin per tick. It knows no GPU: an order with one gets no price.</summary>
/// <remarks>All 0 to 1 000 000 000 with at most 18 decimals, and not all of them 0. Defaults are those of the market's reference provider.</remarks>
public sealed class ScaleOptions
{
    /// <summary>One thousandth of a processor thread.</summary>
    /// <value>Default 0.004.</value>
    public decimal Cpu { get; set; } = 0.004m;

    /// <summary>One MiB of memory.</summary>
    /// <value>Default 0.0016.</value>
    public decimal Memory { get; set; } = 0.0016m;

    /// <summary>One MiB by class of persistent storage; all other volumes are <c>ephemeral</c>. A class that is not listed is not sold.</summary>
    /// <value>Default ephemeral 0.00016, beta2 0.00016.</value>
    public Dictionary<string, decimal> Storage { get; set; } = new(StringComparer.Ordinal) { ["ephemeral"] = 0.00016m, ["beta2"] = 0.00016m };

    /// <summary>One way into a service from outside, however many replicas it has.</summary>
    /// <value>Default 1.</value>
    public decimal Endpoint { get; set; } = 1m;

    /// <summary>One leased address.</summary>
    /// <value>Default 60.</value>
    public decimal Ip { get; set; } = 60m;
}
