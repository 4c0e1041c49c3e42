namespace ProviderAgent.Metering;

/// <summary>What is known when the float of fee coin is judged.</summary>
/// <param name="Balance">Fee coin on the account.</param>
/// <param name="Earned">Earnings on the account.</param>
/// <param name="Pending">Fee coin that conversions under way are about to bring.</param>
/// <param name="Keep">The float that is wanted; zero for none.</param>
/// <param name="Terms">Terms of conversion; null when they are not known.</param>
public sealed record FeeFloatFacts(Coin Balance, Coin Earned, Coin Pending, Coin Keep, ConversionTerms? Terms);

/// <summary>What to do about the float of fee coin.</summary>
/// <param name="Convert">Earnings to turn into fee coin now; null for none.</param>
/// <param name="Alarm">Why somebody should look; null when all is well.</param>
public readonly record struct FeeFloatDecision(Coin? Convert, string? Alarm);

/// <summary>Decides when earnings become fee coin. Pure.</summary>
public static class FeeFloatRule
{
    // A conversion brings the float to this multiple of what is to be kept, so that the next one is some time away.
    private const int RefillFactor = 2;

    /// <param name="facts">What is known.</param>
    /// <param name="mayConvert">Whether earnings may be converted without being asked.</param>
    public static FeeFloatDecision Decide(FeeFloatFacts facts, bool mayConvert)
    {
        ArgumentNullException.ThrowIfNull(facts);
        if (facts.Keep.Amount <= 0 || facts.Balance.Amount >= facts.Keep.Amount) return default;
        var low = $"only {facts.Balance} left for fees and deposits, {facts.Keep} are to be kept (treasury.keep_akt)";

        // What is on its way counts: a second conversion for the same lack would be one too many.
        if (facts.Balance.Amount + facts.Pending.Amount >= facts.Keep.Amount) return new(null, $"{low}; a conversion of earnings is under way and brings about {facts.Pending}");
        if (!mayConvert) return new(null, $"{low}: send some to the account, or run 'provider-agent convert'");
        if (facts.Terms is not { } terms) return new(null, $"{low}; the terms of conversion are not known");
        if (terms.Halted is { } halted) return new(null, $"{low}; {halted}");
        var missing = (RefillFactor * facts.Keep.Amount) - facts.Balance.Amount - facts.Pending.Amount;
        var amount = Math.Min(terms.Needed(Math.Max(missing, terms.Minimum.Amount)) ?? 0, facts.Earned.Amount);
        var made = terms.Estimate(amount);
        return made.Amount <= 0 || made.Amount < terms.Minimum.Amount
            ? new(null, $"{low}, and the earnings of {facts.Earned} are not enough to convert: send some to the account")
            : new(new Coin(amount, terms.From), $"{low}; {amount}{terms.From} of earnings are converted");
    }
}
