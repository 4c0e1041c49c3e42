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
public sealed record PickedGpu(uint Unit, string Model, string? Ram, string? Interface, string? Uuid = null, decimal? RatedWatts = null, decimal? MeasuredWatts = null);

/// <summary>Says which devices an order would get. Optional: without one, GPUs are priced by what the order asks for.</summary>
public interface IGpuPicker
{
    /// <summary>One entry for each device of the group; empty when it asks for none, or when which ones is not known. Quick; never throws.</summary>
    ValueList<PickedGpu> Pick(GroupSpec group);
}

/// <summary>Knows of no devices.</summary>
internal sealed class NoGpuPicker : IGpuPicker
{
    public ValueList<PickedGpu> Pick(GroupSpec group) => [];
}
