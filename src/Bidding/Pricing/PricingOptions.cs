namespace ProviderAgent.Bidding;

/// <summary>Section <c>pricing</c>: what this provider asks.</summary>
public sealed class PricingOptions
{
    /// <summary>How prices are made.</summary>
    /// <value>Default <see cref="PricingPolicyKind.Rates"/>.</value>
    public PricingPolicyKind Policy { get; set; } = PricingPolicyKind.Rates;

    /// <summary>Currency of all prices in this section.</summary>
    /// <value>Default <c>usd</c>, the only one in this version.</value>
    public string Currency { get; set; } = "usd";

    /// <summary>Price list of the policy <c>rates</c>.</summary>
    public RatesOptions Rates { get; set; } = new();

    /// <summary>Factors of the policy <c>scale</c>.</summary>
    public ScaleOptions Scale { get; set; } = new();

    /// <summary>The program of the policy <c>script</c>.</summary>
    public ScriptOptions Script { get; set; } = new();

    /// <summary>The service of the policy <c>http</c>.</summary>
    public HttpHookOptions Http { get; set; } = new();

    /// <summary>What changes the price, one after the other.</summary>
    /// <value>Default none; at most 200.</value>
    public List<PriceRuleOptions> Rules { get; set; } = [];

    /// <summary>Keeps orders from stranding GPUs.</summary>
    public GuardOptions GpuGuard { get; set; } = new();

    /// <summary>What power costs.</summary>
    public EnergyOptions Energy { get; set; } = new();

    /// <summary>What income must cover.</summary>
    public FloorOptions Floor { get; set; } = new();

    /// <summary>Going along with what others win with.</summary>
    public FollowOptions Follow { get; set; } = new();

    /// <summary>Where the price of AKT comes from, for orders that are paid in it.</summary>
    public CoinPriceOptions CoinPrice { get; set; } = new();

    /// <summary>Coins beside <c>uact</c> a million of which is worth one USD.</summary>
    /// <value>Default the two USDC of this market's main and sandbox networks.</value>
    public List<string> DollarCoins { get; set; } =
    [
        "ibc/170C677610AC31DF0904FFE09CD3B5C657492170E7E52372E48756B71E56F2F1",
        "ibc/12C6A0C374171B595A0A9E18B83FA09D295FB1F2D8C6DAA3AC28683471752D84",
    ];
}

/// <summary>How prices are made.</summary>
public enum PricingPolicyKind
{
    /// <summary>From the price list <c>pricing.rates</c>.</summary>
    Rates,

    /// <summary>Each amount times a factor, in coins; for parity with the reference provider. Sells no GPU.</summary>
    Scale,

    /// <summary>Any price up to the tenant's limit; for trying out.</summary>
    Random,

    /// <summary>A program asked for each order.</summary>
    Script,

    /// <summary>A service asked for each order.</summary>
    Http,
}
