using System.Globalization;
using ProviderAgent.Devnet.Wires;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.State;

/// <summary>A decimal amount of a coin: prices per block, and what the escrow reckons with.</summary>
internal readonly record struct ChainPrice(Decimal18 Amount, Denom Denom)
{
    /// <summary>Reads a wire decimal coin; false when the unit is malformed or the amount is outside the chain's decimals.</summary>
    public static bool TryRead(Wire.Base.DecCoin? wire, out ChainPrice price)
    {
        price = default;
        if (wire is null || !Denom.TryParse(wire.Denom, out var denom) || !WireNumbers.TryDecimal(wire.Amount, out var amount)) return false;
        price = new(amount, denom);
        return true;
    }

    public Wire.Base.DecCoin ToWire() => new() { Denom = Denom.Value, Amount = Amount.Atomics.ToString(CultureInfo.InvariantCulture) };

    public override string ToString() => $"{Amount.ToFixedString()}{Denom}";
}
