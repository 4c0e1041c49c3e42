using System.Text;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Reads what a price script or hook said. Nothing in it is believed without a look.</summary>
internal static class HookAnswer
{
    /// <summary>Most bytes that are read of an answer, or of what a script complains.</summary>
    public const int MaxBytes = 16 * 1024;

    private const int MaxShown = 200;

    // What the market takes at most for one replica, times the most replicas and units.
    private static readonly Decimal18 Most = Decimal18.FromInteger(10_000_000L * 50 * 20);

    /// <summary>Reads one plain decimal number above zero.</summary>
    /// <param name="text">The answer; blanks around it do not count.</param>
    /// <param name="price">The price per tick.</param>
    /// <returns>Why it is not a price; null when it is.</returns>
    public static PriceResult.Unpriced? TryRead(string text, out Decimal18 price)
    {
        price = default;
        var plain = text.Trim();
        if (plain.Length == 0) return new(DeclineReason.HookAnswerInvalid, "the answer is empty");
        if (plain[0] == '.') plain = "0" + plain;
        if (!Decimal18.TryParse(plain, out price)) return new(DeclineReason.HookAnswerInvalid, $"'{Shown(plain)}' is not a decimal number with at most 18 digits after the point");
        if (price.Sign == 0) return new(DeclineReason.ZeroPrice, "the answer is a price of zero");
        if (price.Sign < 0) return new(DeclineReason.HookAnswerInvalid, $"the answer {Shown(plain)} is negative");
        return price > Most ? new(DeclineReason.HookAnswerInvalid, $"the answer {Shown(plain)} is more than any order can pay") : null;
    }

    /// <summary>Outside text on one line, cut for people.</summary>
    public static string Shown(string text)
    {
        var line = new StringBuilder(MaxShown);
        foreach (var c in text.Trim())
        {
            if (line.Length >= MaxShown) return line.Append('…').ToString();
            line.Append(char.IsControl(c) ? ' ' : c);
        }

        return line.ToString();
    }
}
