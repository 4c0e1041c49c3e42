using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>A price in the making: the sum of its lines, in USD per month or, where a policy reckons so, in the order's coin per tick.</summary>
/// <remarks>Exact at 18 digits until the very end. Not shared between threads.</remarks>
internal sealed class PriceDraft(Conversion conversion, bool isPerTick)
{
    private readonly List<QuoteLine> _lines = new(8);

    /// <summary>The sum so far.</summary>
    public Decimal18 Amount { get; private set; }

    /// <summary>The sum is in the order's coin per tick, not in USD per month.</summary>
    public bool IsPerTick => isPerTick;

    public Conversion Conversion => conversion;

    /// <summary>Adds a line.</summary>
    public void Add(string item, string quantity, Decimal18 rate, Decimal18 amount)
    {
        _lines.Add(new(item, quantity, rate, amount));
        Amount += amount;
    }

    /// <summary>Changes the sum, with a line that says what did it.</summary>
    public void ChangeTo(Decimal18 amount, string item, string quantity, Decimal18 rate) => Add(item, quantity, rate, amount - Amount);

    /// <summary>USD per month turned into the unit of this draft; null when the coin's worth is not known.</summary>
    public Decimal18? FromUsd(Decimal18 usd) => isPerTick ? conversion.ToPerTick(usd) : usd;

    /// <summary>The sum in USD per month; null when the coin's worth is not known.</summary>
    public Decimal18? Usd => isPerTick ? conversion.ToUsd(Amount) : Amount;

    /// <summary>The price per tick before rounding; null when the coin's worth is not known.</summary>
    public Decimal18? PerTick => isPerTick ? Amount : conversion.ToPerTick(Amount);

    public Quote ToQuote(Decimal18 price) => new(Rate.PerTick(price, conversion.Denom), Usd, _lines.ToValueList())
    {
        LineUnit = isPerTick ? $"{conversion.Denom}/tick" : Quote.UsdMonth,
    };
}

/// <summary>What an order's coin is worth.</summary>
/// <param name="Denom">The order's coin.</param>
/// <param name="UsdPerCoin">USD for a million of <paramref name="Denom"/>; null when not known.</param>
/// <param name="Problem">Why it is not known, for people.</param>
/// <param name="Clock">Ticks per month.</param>
internal sealed record Conversion(Denom Denom, Decimal18? UsdPerCoin, string Problem, MarketClock Clock)
{
    private const long UnitsPerCoin = 1_000_000;

    public Decimal18? ToPerTick(Decimal18 usdPerMonth)
    {
        if (UsdPerCoin is not { } worth) return null;
        var units = usdPerMonth * UnitsPerCoin;
        if (worth != Decimal18.One) units /= worth;
        return new Rate(units, Denom, TimeBase.Month).To(TimeBase.Tick, Clock).Amount;
    }

    public Decimal18? ToUsd(Decimal18 perTick)
    {
        if (UsdPerCoin is not { } worth) return null;
        var units = new Rate(perTick, Denom, TimeBase.Tick).To(TimeBase.Month, Clock).Amount;
        return units * worth / Decimal18.FromInteger(UnitsPerCoin);
    }
}
