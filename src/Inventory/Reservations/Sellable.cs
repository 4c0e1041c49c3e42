using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>What may be sold of a measured host: what is there, less what is kept, times the overcommit.</summary>
/// <param name="Cpu">Processor time.</param>
/// <param name="Memory">Memory.</param>
/// <param name="Storage">Disk space that is free and not kept; see <see cref="ResourcePool"/> for what becomes of it.</param>
internal readonly record struct Sellable(MilliCpu Cpu, ByteSize Memory, ByteSize Storage)
{
    public static Sellable Of(HostResources host, InventoryOptions options, DateTimeOffset now)
    {
        var keep = KeepPlan.Amounts(options.Keep, now);
        return new(
            new(Scale(host.Cpu.Value - keep.Cpu.Value, options.Overcommit.Cpu)),
            new(Scale(host.Memory.Bytes - keep.Memory.Bytes, options.Overcommit.Memory)),
            new(Math.Max(0, host.DiskFree.Bytes + host.Storage.SetAside.Bytes - keep.Storage.Bytes)));
    }

    private static long Scale(long amount, decimal factor) => (long)(Math.Max(0, amount) * factor);
}
