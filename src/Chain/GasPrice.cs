using System.Globalization;
using ProviderAgent.Chain.Numbers;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain;

/// <summary>Fee for one unit of gas, written <c>0.025uakt</c>.</summary>
internal readonly record struct GasPrice(Decimal18 Amount, Denom Denom)
{
    public static bool TryParse(ReadOnlySpan<char> text, out GasPrice price)
    {
        price = default;
        var digits = 0;
        while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || text[digits] == '.')) digits++;
        if (!Decimal18.TryParse(text[..digits], out var amount) || !Denom.TryParse(text[digits..], out var denom)) return false;
        price = new(amount, denom);
        return true;
    }

    /// <summary>The fee for a gas limit, rounded up to a whole unit.</summary>
    /// <exception cref="MalformedWireException">Beyond 64 bits.</exception>
    public Coin FeeFor(long gas)
    {
        var fee = (Amount * gas).Round(0, MidpointRounding.ToPositiveInfinity).Floor();
        return fee <= long.MaxValue ? new((long)fee, Denom) : throw new MalformedWireException($"a fee of {fee}{Denom} is beyond any account");
    }

    /// <summary>The dearer of this price and what an endpoint asks for in the same coin, but no more than <paramref name="limit"/>.</summary>
    /// <param name="asked">The endpoint's list, for example <c>0.025uakt,0.1uact</c>; empty for none.</param>
    /// <param name="limit">The highest price that is paid.</param>
    public GasPrice Raise(string asked, GasPrice limit)
    {
        var price = this;
        foreach (var range in asked.AsSpan().Split(','))
        {
            if (TryParse(asked.AsSpan()[range].Trim(), out var wanted) && wanted.Denom == Denom && wanted.Amount > price.Amount) price = wanted;
        }

        return price.Amount > limit.Amount ? limit : price;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Amount}{Denom}");
}
