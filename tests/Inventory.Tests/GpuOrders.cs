using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory.Tests;

/// <summary>Builds orders for GPUs.</summary>
internal static class GpuOrders
{
    public static GpuModel Rtx4090 { get; } = new("rtx4090", 24, "pcie");

    public static GpuModel H100 { get; } = new("h100", 80, "sxm");

    /// <summary>One unit of one replica with so many devices.</summary>
    public static GroupSpec Order(int gpus, params string[] wishes) => Groups.Of(Unit(gpus, wishes: wishes));

    public static ResourceUnit Unit(int gpus, int count = 1, uint id = 1, long milli = 100, long memory = ByteSize.MiB, params string[] wishes)
    {
        var unit = Groups.Unit(count, milli, memory, disk: ByteSize.MiB, gpus, id);
        return unit with { Resources = unit.Resources with { GpuAttributes = wishes.Select(wish => new MarketAttribute($"vendor/nvidia/model/{wish}", "true")).ToValueList() } };
    }

    public static GpuFact Fact(int number, GpuModel model, GpuCondition condition = GpuCondition.Healthy) =>
        new(new(GpuMachine.Uuid(number), model, false, model.Name, "", model.MemoryGib * ByteSize.GiB, number), condition, condition == GpuCondition.Healthy ? "" : "some reason");
}
