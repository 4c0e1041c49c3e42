using System.Globalization;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>How one resource stands. Amounts in the unit of its <see cref="ResourceKind"/>.</summary>
/// <param name="Kind">Which resource; a countable one.</param>
/// <param name="Total">What may be sold in all.</param>
/// <param name="Used">What is reserved or leased; above <paramref name="Total"/> when over-committed.</param>
/// <param name="Fault">Why the books of this resource cannot be trusted any more; null while they can.</param>
public sealed record ResourceLine(ResourceKind Kind, long Total, long Used, string? Fault)
{
    /// <summary>What can still be sold; never negative.</summary>
    public long Free => IsForSale ? Math.Max(0, Total - Used) : 0;

    /// <summary>More is leased than there is, for example after memory was taken out. Leases stay; nothing more is sold.</summary>
    public bool IsOvercommitted => Used > Total;

    public bool IsForSale => Fault is null && !IsOvercommitted;

    /// <summary>An amount of this resource for people.</summary>
    public static string Format(ResourceKind kind, long amount) => kind switch
    {
        ResourceKind.Cpu => new MilliCpu(amount).ToString(),
        ResourceKind.Memory or ResourceKind.Storage => new ByteSize(amount).ToString(),
        _ => amount.ToString(CultureInfo.InvariantCulture),
    };

    public override string ToString() => $"{Format(Kind, Used)} of {Format(Kind, Total)} used";
}
