using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>What the market calls a device. Two devices of one model are interchangeable.</summary>
/// <param name="Name">Lower case, letters and digits: <c>h100</c>.</param>
/// <param name="MemoryGib">The size it is sold as.</param>
/// <param name="Interface"><c>pcie</c> or <c>sxm</c>.</param>
public sealed record GpuModel(string Name, int MemoryGib, string Interface)
{
    /// <summary>The only vendor that is sold.</summary>
    public const string Vendor = "nvidia";

    /// <summary>As in attributes: <c>80Gi</c>.</summary>
    public string Memory => FormattableString.Invariant($"{MemoryGib}Gi");

    /// <summary>The keys under which a provider registers this model, all four, without their prefix.</summary>
    public IEnumerable<string> Keys()
    {
        var bare = $"vendor/{Vendor}/model/{Name}";
        yield return bare;
        yield return $"{bare}/ram/{Memory}";
        yield return $"{bare}/interface/{Interface}";
        yield return $"{bare}/ram/{Memory}/interface/{Interface}";
    }

    /// <summary>What to register on the market so that orders for these models find this provider.</summary>
    public static ValueList<MarketAttribute> Attributes(IEnumerable<GpuModel> models) =>
        models.SelectMany(model => model.Keys()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(key => new MarketAttribute(AttributeMatch.GpuPrefix + key, "true")).ToValueList();

    public override string ToString() => $"{Name} {Memory} {Interface}";
}

/// <summary>One wish of an order, such as <c>vendor/nvidia/model/h100/ram/80Gi/interface/sxm</c>.</summary>
/// <param name="Model">A model, or <c>*</c> for any.</param>
/// <param name="Memory">Null when any will do.</param>
/// <param name="Interface">Null when any will do.</param>
internal sealed record GpuWish(string Model, string? Memory, string? Interface)
{
    /// <summary>Any device at all: an order that names none.</summary>
    public static GpuWish Any { get; } = new("*", null, null);

    /// <summary>Reads a wish as the market writes it: pairs of words, vendor and model first, memory before interface.</summary>
    /// <returns>False when it is malformed, or for a vendor that is not sold here.</returns>
    public static bool TryParse(string key, out GpuWish wish)
    {
        wish = Any;
        var part = key.Split('/');
        if (part.Length is not (4 or 6 or 8) || part[0] != "vendor" || part[1] != GpuModel.Vendor || part[2] != "model" || part[3].Length == 0) return false;
        string? memory = null, link = null;
        for (var at = 4; at < part.Length; at += 2)
        {
            if (part[at] == "ram" && memory is null && link is null) memory = part[at + 1];
            else if (part[at] == "interface" && link is null && part[at + 1] is "pcie" or "sxm") link = part[at + 1];
            else return false;
        }

        wish = new(part[3], memory, link);
        return true;
    }

    public bool Matches(GpuModel model) =>
        (Model == "*" || Model == model.Name) && (Memory is null || Memory == model.Memory) && (Interface is null || Interface == model.Interface);

    /// <summary>The same wish with the model that was picked for it: what a bid offers.</summary>
    public string Concrete(GpuModel model) =>
        $"vendor/{GpuModel.Vendor}/model/{model.Name}{(Memory is null ? "" : $"/ram/{model.Memory}")}{(Interface is null ? "" : $"/interface/{model.Interface}")}";
}
