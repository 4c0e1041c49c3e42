using System.Globalization;

namespace ProviderAgent.Marketplace;

/// <summary>Processor time in thousandths of a hardware thread: 1000 is one thread.</summary>
public readonly record struct MilliCpu(long Value) : IComparable<MilliCpu>
{
    public static MilliCpu operator +(MilliCpu left, MilliCpu right) => new(checked(left.Value + right.Value));

    public static MilliCpu operator -(MilliCpu left, MilliCpu right) => new(checked(left.Value - right.Value));

    public static MilliCpu operator *(MilliCpu left, long count) => new(checked(left.Value * count));

    public static bool operator <(MilliCpu left, MilliCpu right) => left.Value < right.Value;

    public static bool operator >(MilliCpu left, MilliCpu right) => left.Value > right.Value;

    public static bool operator <=(MilliCpu left, MilliCpu right) => left.Value <= right.Value;

    public static bool operator >=(MilliCpu left, MilliCpu right) => left.Value >= right.Value;

    public int CompareTo(MilliCpu other) => Value.CompareTo(other.Value);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value}m");
}
