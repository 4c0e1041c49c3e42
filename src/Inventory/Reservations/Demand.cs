using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>What a whole group takes from the host: all replicas of all units together.</summary>
/// <param name="MilliCpu">Thousandths of a thread.</param>
/// <param name="MemoryBytes">Memory and volumes of class <c>ram</c>.</param>
/// <param name="StorageBytes">All other volumes.</param>
/// <param name="Gpus">Devices.</param>
public readonly record struct Demand(long MilliCpu, long MemoryBytes, long StorageBytes, long Gpus)
{
    /// <summary>No amount is counted higher than this (2^60), so that sums of demands cannot wrap; no host has as much.</summary>
    public const long Ceiling = 1L << 60;

    /// <summary>Adds up a group. Negative amounts and counts, which no market should let through, count as zero.</summary>
    public static Demand Of(GroupSpec group)
    {
        Int128 cpu = 0, memory = 0, storage = 0, gpus = 0;
        foreach (var unit in group.Units)
        {
            Int128 count = Math.Max(0, unit.Count);
            cpu += count * Math.Max(0, unit.Resources.Cpu.Value);
            memory += count * Math.Max(0, unit.Resources.Memory.Bytes);
            gpus += count * Math.Max(0, unit.Resources.Gpus);
            foreach (var volume in unit.Resources.Storage)
            {
                var bytes = count * Math.Max(0, volume.Size.Bytes);
                if (volume.IsRam) memory += bytes;
                else storage += bytes;
            }
        }

        return new(Cap(cpu), Cap(memory), Cap(storage), Cap(gpus));
    }

    /// <summary>The amount of one countable resource.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The kind has no amount.</exception>
    public long this[ResourceKind kind] => kind switch
    {
        ResourceKind.Cpu => MilliCpu,
        ResourceKind.Memory => MemoryBytes,
        ResourceKind.Storage => StorageBytes,
        ResourceKind.Gpu => Gpus,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "this kind is not counted"),
    };

    /// <summary>The same amounts with the opposite sign: what giving back means.</summary>
    public Demand Negated() => new(-MilliCpu, -MemoryBytes, -StorageBytes, -Gpus);

    private static long Cap(Int128 amount) => amount > Ceiling ? Ceiling : (long)amount;
}
