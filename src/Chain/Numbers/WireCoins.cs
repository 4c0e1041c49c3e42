using ProviderAgent.Marketplace;
using WireCoin = ProviderAgent.Chain.Wire.Base.Coin;
using WireDecCoin = ProviderAgent.Chain.Wire.Base.DecCoin;

namespace ProviderAgent.Chain.Numbers;

/// <summary>Money between the wire and the market's vocabulary. On this chain every rate is per block.</summary>
internal static class WireCoins
{
    public static WireCoin ToWire(Coin coin) => new() { Denom = coin.Denom.Value, Amount = WireInteger.Format(coin.Amount) };

    /// <exception cref="ArgumentException">The rate is not per tick; turning it into one would round.</exception>
    public static WireDecCoin ToWire(Rate rate) =>
        rate.Per == TimeBase.Tick
            ? new() { Denom = rate.Denom.Value, Amount = LegacyDec.Format(rate.Amount) }
            : throw new ArgumentException($"a price on the chain is per tick, not {rate}", nameof(rate));

    /// <exception cref="MalformedWireException">Absent, no unit, or an amount that is no whole number within 64 bits.</exception>
    public static Coin ToCoin(WireCoin? wire, string what) =>
        wire is null ? throw Missing(what) : new(WireInteger.Parse(wire.Amount, what), ToDenom(wire.Denom, what));

    /// <exception cref="MalformedWireException">Absent, no unit, or an amount that is no decimal.</exception>
    public static Rate ToRate(WireDecCoin? wire, string what) =>
        wire is null ? throw Missing(what) : Rate.PerTick(LegacyDec.Parse(wire.Amount), ToDenom(wire.Denom, what));

    /// <exception cref="MalformedWireException">Not a coin unit.</exception>
    public static Denom ToDenom(string wire, string what) =>
        Denom.TryParse(wire, out var denom) ? denom : throw new MalformedWireException($"{what} is in '{WireText.Shorten(wire)}', which is no coin unit");

    private static MalformedWireException Missing(string what) => new($"{what} is missing");
}
