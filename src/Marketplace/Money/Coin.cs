using System.Globalization;

namespace ProviderAgent.Marketplace;

/// <summary>A whole number of the smallest unit of a coin.</summary>
/// <param name="Amount">Units of <paramref name="Denom"/>; may be negative in differences. 64 bits hold any sum this market can pay.</param>
/// <param name="Denom">The unit.</param>
public readonly record struct Coin(long Amount, Denom Denom)
{
    /// <summary>Reads <c>500000uakt</c>: digits, then the unit.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Coin coin)
    {
        coin = default;
        var digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits])) digits++;
        if (!long.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var amount)
            || !Denom.TryParse(text[digits..], out var denom)) return false;
        coin = new(amount, denom);
        return true;
    }

    /// <exception cref="FormatException">The text is not an amount with its unit.</exception>
    public static Coin Parse(string text) => IdText.Parsed(TryParse(text, out var coin), coin, "coin amount such as 500000uakt", text);

    /// <exception cref="InvalidOperationException">The units differ.</exception>
    /// <exception cref="OverflowException">The sum does not fit.</exception>
    public static Coin operator +(Coin left, Coin right) => new(checked(left.Amount + right.Amount), SameDenom(left, right));

    /// <inheritdoc cref="op_Addition"/>
    public static Coin operator -(Coin left, Coin right) => new(checked(left.Amount - right.Amount), SameDenom(left, right));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Amount}{Denom}");

    private static Denom SameDenom(Coin left, Coin right) =>
        left.Denom == right.Denom ? left.Denom : throw new InvalidOperationException($"{left} and {right} are different coins");
}
