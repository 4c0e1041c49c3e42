using System.Globalization;

namespace ProviderAgent.Marketplace;

/// <summary>A moment on the market's own clock, by which leases are paid. Never compared with wall time.</summary>
public readonly record struct MarketTick(long Value) : IComparable<MarketTick>
{
    public int CompareTo(MarketTick other) => Value.CompareTo(other.Value);

    /// <summary>Ticks from <paramref name="right"/> to <paramref name="left"/>; negative when <paramref name="left"/> is earlier.</summary>
    public static long operator -(MarketTick left, MarketTick right) => left.Value - right.Value;

    public static bool operator <(MarketTick left, MarketTick right) => left.Value < right.Value;

    public static bool operator >(MarketTick left, MarketTick right) => left.Value > right.Value;

    public static bool operator <=(MarketTick left, MarketTick right) => left.Value <= right.Value;

    public static bool operator >=(MarketTick left, MarketTick right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
