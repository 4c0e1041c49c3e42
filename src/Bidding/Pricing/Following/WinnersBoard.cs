using System.Collections.Frozen;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>What others have won orders of one kind with.</summary>
/// <param name="Ratio">The median of their prices, as a part of ours for the same orders.</param>
/// <param name="Count">How many orders that is known of.</param>
public sealed record WinnersPrice(Decimal18 Ratio, int Count);

/// <summary>The latest look at what others win with, by kind of order. Safe for concurrent use; reading takes no lock.</summary>
internal sealed class WinnersBoard
{
    private volatile FrozenDictionary<string, WinnersPrice> _prices = FrozenDictionary<string, WinnersPrice>.Empty;

    /// <summary>Null when nothing is known of orders of this kind.</summary>
    public WinnersPrice? Find(GroupSpec group) => _prices.Count == 0 ? null : _prices.GetValueOrDefault(KindOf(group));

    public void Show(IReadOnlyDictionary<string, WinnersPrice> prices) => _prices = prices.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Orders are alike when they ask for the same kind of GPU, or for none: what else they ask for, the price list weighs.</summary>
    public static string KindOf(GroupSpec group)
    {
        foreach (var unit in group.Units)
        {
            if (unit.Resources.Gpus > 0) return GpuRates.Describe(unit.Resources.GpuAttributes);
        }

        return "";
    }
}
