using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Looks a GPU up in a price list: the most exact entry counts, from <c>model.ram.interface</c> down to <c>model</c>, then <c>*</c>.</summary>
/// <remarks>
/// Interfaces are compared as the market writes them (<c>sxm</c>, <c>pcie</c>), so a list that says <c>sxm5</c> works too. Of several
/// acceptable models the dearest counts, because any of them may be picked; an order that takes any model pays the price of <c>*</c>, or of the dearest.
/// </remarks>
internal static class GpuRates
{
    private const string AnyModel = "*";

    /// <summary>True for <c>*</c> and for one to three parts that are not empty.</summary>
    public static bool IsKey(string key) => key == AnyModel || (key.Split('.') is { Length: <= 3 } parts && parts.All(part => part.Length > 0 && part != AnyModel));

    /// <summary>Null when no entry matches.</summary>
    public static (string Key, decimal Rate)? Find(ValueList<MarketAttribute> wishes, IReadOnlyDictionary<string, decimal> list)
    {
        if (wishes.Count == 0) return Any(list);
        (string Key, decimal Rate)? dearest = null;
        foreach (var wish in wishes)
        {
            if (FindOne(wish.Key, list) is not { } found) return null;
            if (dearest is null || found.Rate > dearest.Value.Rate) dearest = found;
        }

        return dearest;
    }

    public static string Describe(ValueList<MarketAttribute> wishes) => wishes.Count == 0 ? "of any model" : string.Join(" or ", wishes.Select(wish => $"'{wish.Key}'"));

    private static (string Key, decimal Rate)? FindOne(string wish, IReadOnlyDictionary<string, decimal> list)
    {
        var part = wish.Split('/');
        var model = After(part, "model");
        if (model is null or AnyModel) return Any(list);
        var suffix = new[] { After(part, "ram"), After(part, "interface") }.OfType<string>().ToArray();
        for (var kept = suffix.Length; kept >= 0; kept--)
        {
            var key = string.Join('.', [model, .. suffix[..kept]]);
            foreach (var (entry, rate) in list)
            {
                if (string.Equals(Normal(entry), Normal(key), StringComparison.OrdinalIgnoreCase)) return (entry, rate);
            }
        }

        return list.TryGetValue(AnyModel, out var other) ? (AnyModel, other) : null;
    }

    private static (string Key, decimal Rate)? Any(IReadOnlyDictionary<string, decimal> list)
    {
        if (list.TryGetValue(AnyModel, out var rate)) return (AnyModel, rate);
        return list.Count == 0 ? null : list.Select(entry => (entry.Key, entry.Value)).MaxBy(entry => entry.Value);
    }

    private static string? After(string[] part, string name)
    {
        var index = Array.IndexOf(part, name);
        return index >= 0 && index + 1 < part.Length ? part[index + 1] : null;
    }

    private static string Normal(string key)
    {
        var sxm = key.LastIndexOf(".sxm", StringComparison.OrdinalIgnoreCase);
        return sxm >= 0 && key.AsSpan(sxm + 4).IndexOf('.') < 0 ? key[..(sxm + 4)] : key;
    }
}
