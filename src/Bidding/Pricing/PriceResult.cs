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
/// <param name="UsdPerMonth">The same before conversion and rounding.</param>
/// <param name="Lines">What it is made of; they add up to <paramref name="UsdPerMonth"/>.</param>
public sealed record Quote(Rate Price, Decimal18 UsdPerMonth, ValueList<QuoteLine> Lines);

/// <summary>One part of a price.</summary>
/// <param name="Item">What is sold, for example <c>memory</c> or <c>storage ephemeral</c>.</param>
/// <param name="Quantity">How much of it in all, for people.</param>
/// <param name="Rate">USD per month for one unit of the price list.</param>
/// <param name="UsdPerMonth">USD per month for all of it.</param>
public sealed record QuoteLine(string Item, string Quantity, Decimal18 Rate, Decimal18 UsdPerMonth);
