using System.Globalization;
using System.Numerics;
using ProviderAgent.Devnet.Wires;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.State;

/// <summary>An amount as the chain keeps it: up to 256 bits, so that a hostile amount is judged by its value and not by our word size.</summary>
internal readonly record struct ChainCoin(BigInteger Amount, Denom Denom)
{
    public static ChainCoin From(Coin coin) => new(coin.Amount, coin.Denom);

    /// <summary>Reads a wire coin; false when the unit is malformed or the amount is not a whole number of at most 256 bits.</summary>
    public static bool TryRead(Wire.Base.Coin? wire, out ChainCoin coin)
    {
        coin = default;
        if (wire is null || !Denom.TryParse(wire.Denom, out var denom) || !WireNumbers.TryInteger(wire.Amount, out var amount)) return false;
        coin = new(amount, denom);
        return true;
    }

    public Wire.Base.Coin ToWire() => new() { Denom = Denom.Value, Amount = Amount.ToString(CultureInfo.InvariantCulture) };

    /// <summary>The chain's own text, for example <c>500000uakt</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Amount}{Denom}");
}
