namespace ProviderAgent.Bidding;

/// <summary>Section <c>pricing.coin_price</c>: how the price of AKT is found. Only orders in <c>uakt</c> need it; those in <c>uact</c> have a fixed worth.</summary>
public sealed class CoinPriceOptions
{
    /// <summary>Ask the market's own oracle first, where there is one.</summary>
    /// <value>Default true.</value>
    public bool Oracle { get; set; } = true;

    /// <summary>Where else to ask; of several answers the median counts.</summary>
    /// <value>Default none; at most 10.</value>
    public List<CoinPriceSourceOptions> Sources { get; set; } = [];

    /// <summary>Fewest sources that must answer where the oracle does not.</summary>
    /// <value>Default 1; 1 to 10, never more than there are.</value>
    public int MinSources { get; set; } = 1;

    /// <summary>Pause between two readings.</summary>
    /// <value>Default 1 min; 10 s to 1 h.</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest wait for one source.</summary>
    /// <value>Default 5 s; 100 ms to 1 min.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>A price older than this is not used any more.</summary>
    /// <value>Default 15 min; not less than the interval, at most 1 d.</value>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How many times higher or lower a price may be than the one before; a farther one counts only after <see cref="Confirm"/> readings in a row agree on it.</summary>
    /// <value>Default 1.5; above 1, at most 100.</value>
    public decimal MaxJump { get; set; } = 1.5m;

    /// <summary>Readings in a row, within a tenth of each other, that make a jump believed.</summary>
    /// <value>Default 5; 2 to 1000.</value>
    public int Confirm { get; set; } = 5;

    /// <summary>USD for one AKT to reckon with while its price is not known; a low one is safe, since the price in AKT is then high.</summary>
    /// <value>Default empty: no bid is made on orders in uakt meanwhile.</value>
    public decimal? WhenUnsure { get; set; }
}

/// <summary>A place to read a price from.</summary>
public sealed class CoinPriceSourceOptions
{
    /// <summary>Where: https, or http on this machine.</summary>
    /// <value>Required.</value>
    public Uri? Url { get; set; }

    /// <summary>Way to the number in a JSON answer, for example <c>akash-network.usd</c> or <c>data[0].price</c>; empty where the answer is the number.</summary>
    /// <value>Default empty.</value>
    public string Path { get; set; } = "";
}
