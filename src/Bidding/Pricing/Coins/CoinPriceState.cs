using System.Globalization;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>What is believed of a coin's price, and how a reading changes that. Pure and immutable.</summary>
/// <param name="Believed">The last price that was believed; null before the first.</param>
/// <param name="Suspect">A price far from it that was read since, waiting to be confirmed; null when there is none.</param>
/// <param name="Times">How many readings in a row agree on <paramref name="Suspect"/>.</param>
/// <param name="Problem">What is wrong with the latest reading; empty when nothing is.</param>
internal sealed record CoinPriceState(CoinPrice? Believed, Decimal18? Suspect, int Times, string Problem)
{
    private static readonly Decimal18 Tenth = Decimal18.Parse("1.1");

    public static CoinPriceState Start { get; } = new(null, null, 0, "it was not read yet");

    /// <summary>The median of several prices.</summary>
    public static Decimal18 Median(IReadOnlyList<Decimal18> prices)
    {
        var sorted = prices.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / Decimal18.FromInteger(2);
    }

    /// <summary>After a reading that gave a price.</summary>
    /// <param name="price">Above zero; others are the reader's to refuse.</param>
    /// <param name="source">Where from.</param>
    /// <param name="now">When.</param>
    /// <param name="options">Settings of the jump guard.</param>
    public CoinPriceState Read(Decimal18 price, string source, DateTimeOffset now, CoinPriceOptions options)
    {
        var fresh = new CoinPrice(price, source, now);
        if (Believed is not { } before || !IsFar(price, before.Usd, Exact.Of(options.MaxJump))) return new(fresh, null, 0, "");
        var times = Suspect is { } suspect && !IsFar(price, suspect, Tenth) ? Times + 1 : 1;
        if (times >= options.Confirm) return new(fresh, null, 0, "");
        var text = string.Create(CultureInfo.InvariantCulture, $"it jumped from {before.Usd} to {price} USD, which {times} of {options.Confirm} readings say");
        return new(before, price, times, text);
    }

    /// <summary>After a reading that gave none.</summary>
    public CoinPriceState Failed(string problem) => this with { Problem = problem };

    /// <summary>What may be reckoned with now; null when nothing may.</summary>
    public CoinPrice? Usable(DateTimeOffset now, CoinPriceOptions options, out string problem)
    {
        problem = "";
        var age = Believed is { } price ? now - price.At : TimeSpan.MaxValue;

        // A clock that was set back makes a price look as if it came from the future; its age is not known then.
        if (Believed is { } good && age <= options.MaxAge && age >= -options.MaxAge) return good;
        problem = Believed is { } old ? $"{old.Usd} USD is from {old.At:u}, and since then {(Problem.Length > 0 ? Problem : "nothing was read")}" : Problem;
        return options.WhenUnsure is { } guess ? new(Exact.Of(guess), $"pricing.coin_price.when_unsure, since {problem}", now) : null;
    }

    private static bool IsFar(Decimal18 left, Decimal18 right, Decimal18 factor) => left > right * factor || right > left * factor;
}
