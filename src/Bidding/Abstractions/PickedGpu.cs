using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>A device that an order would get on this host, so that its price is that of this very card.</summary>
/// <param name="Unit">Number of the resource unit that it is for.</param>
/// <param name="Model">As the market names it, for example <c>h100</c>.</param>
/// <param name="Ram">Memory as the market writes it, for example <c>80Gi</c>; null when not known.</param>
/// <param name="Interface"><c>pcie</c> or <c>sxm</c>; null when not known.</param>
/// <param name="Uuid">The device; null when not known.</param>
/// <param name="RatedWatts">Power limit of the card; null when not known.</param>
/// <param name="MeasuredWatts">What it was measured to draw under load; null when not measured.</param>
public sealed record PickedGpu(uint Unit, string Model, string? Ram, string? Interface, string? Uuid = null, decimal? RatedWatts = null, decimal? MeasuredWatts = null)
{
    /// <summary>The devices that a group would get of what is free; empty when it asks for none, or does not fit.</summary>
    public static ValueList<PickedGpu> Of(InventorySnapshot inventory, GroupSpec group) => AsksForGpus(group) ? Of(inventory, inventory.PickGpus(group)) : [];

    /// <summary>What is known of devices that were picked.</summary>
    public static ValueList<PickedGpu> Of(InventorySnapshot inventory, ValueList<GpuPick> picks) => picks.Select(pick => Of(inventory, pick)).ToValueList();

    /// <summary>True when the same number of devices of the same kinds goes to each unit, so that a price for the ones is a price for the others.</summary>
    public static bool AreAlike(ValueList<PickedGpu> left, ValueList<PickedGpu> right) =>
        left.Count == right.Count && Kinds(left).SequenceEqual(Kinds(right), StringComparer.Ordinal);

    private static IEnumerable<string> Kinds(ValueList<PickedGpu> gpus) => gpus.Select(gpu => $"{gpu.Unit} {gpu.Model} {gpu.Ram} {gpu.Interface}").Order(StringComparer.Ordinal);

    private static PickedGpu Of(InventorySnapshot inventory, GpuPick pick)
    {
        var card = inventory.Gpus.FirstOrDefault(gpu => gpu.Card.Uuid == pick.Uuid)?.Card;
        return new(pick.Unit, card?.Model?.Name ?? GpuKey.Any, card?.Model?.Memory, card?.Model?.Interface, pick.Uuid, card?.RatedMilliwatts / 1000m, card?.LeasedMilliwatts / 1000m);
    }

    private static bool AsksForGpus(GroupSpec group)
    {
        foreach (var unit in group.Units)
        {
            if (unit.Resources.Gpus > 0) return true;
        }

        return false;
    }
}
