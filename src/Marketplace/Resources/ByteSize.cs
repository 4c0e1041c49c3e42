using System.Globalization;

namespace ProviderAgent.Marketplace;

/// <summary>An amount of memory or storage in bytes.</summary>
public readonly record struct ByteSize(long Bytes) : IComparable<ByteSize>
{
    public const long KiB = 1L << 10;
    public const long MiB = 1L << 20;
    public const long GiB = 1L << 30;
    public const long TiB = 1L << 40;

    public static ByteSize operator +(ByteSize left, ByteSize right) => new(checked(left.Bytes + right.Bytes));

    public static ByteSize operator -(ByteSize left, ByteSize right) => new(checked(left.Bytes - right.Bytes));

    public static ByteSize operator *(ByteSize left, long count) => new(checked(left.Bytes * count));

    public static bool operator <(ByteSize left, ByteSize right) => left.Bytes < right.Bytes;

    public static bool operator >(ByteSize left, ByteSize right) => left.Bytes > right.Bytes;

    public static bool operator <=(ByteSize left, ByteSize right) => left.Bytes <= right.Bytes;

    public static bool operator >=(ByteSize left, ByteSize right) => left.Bytes >= right.Bytes;

    public int CompareTo(ByteSize other) => Bytes.CompareTo(other.Bytes);

    /// <summary>For people: <c>512 MiB</c>, <c>1.5 GiB</c>; one fraction digit at most.</summary>
    public override string ToString()
    {
        var (unit, name) = Bytes switch
        {
            >= TiB or <= -TiB => (TiB, "TiB"),
            >= GiB or <= -GiB => (GiB, "GiB"),
            >= MiB or <= -MiB => (MiB, "MiB"),
            >= KiB or <= -KiB => (KiB, "KiB"),
            _ => (1L, "B"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{(decimal)Bytes / unit:0.#} {name}");
    }
}
