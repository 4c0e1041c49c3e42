using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>What a pricing policy says about a group.</summary>
public abstract record PriceResult
{
    private PriceResult()
    {
    }

    public sealed record Quoted(Quote Quote) : PriceResult;

    /// <param name="Reason">Why there is no price.</param>
    /// <param name="Detail">One line for people.</param>
    public sealed record Unpriced(DeclineReason Reason, string Detail) : PriceResult;
}

/// <summary>Our price for a whole group.</summary>
/// <param name="Price">Per tick, in the coin of the order; above zero.</param>
/// <param name="UsdPerMonth">The same before conversion and rounding; null where the coin's worth is not known and was not needed.</param>
/// <param name="Lines">What it is made of; they add up to the price before conversion and rounding.</param>
public sealed record Quote(Rate Price, Decimal18? UsdPerMonth, ValueList<QuoteLine> Lines)
{
    /// <summary>What the amounts of <see cref="Lines"/> are: <c>usd/month</c>, or a coin per tick where the policy reckons in coins.</summary>
    public string LineUnit { get; init; } = UsdMonth;

    /// <summary>The usual <see cref="LineUnit"/>.</summary>
    public const string UsdMonth = "usd/month";
}

/// <summary>One part of a price.</summary>
/// <param name="Item">What is sold, for example <c>memory</c> or <c>storage ephemeral</c>; or the rule that changed the sum.</param>
/// <param name="Quantity">How much of it in all, for people.</param>
/// <param name="Rate">For one unit of the price list; of a rule, its factor or amount.</param>
/// <param name="Amount">For all of it, in the quote's unit.</param>
public sealed record QuoteLine(string Item, string Quantity, Decimal18 Rate, Decimal18 Amount);
