using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>What one replica of a unit takes, in the placer's terms.</summary>
internal sealed class UnitDemand
{
    public UnitDemand(int position, ResourceUnit unit, GpuModel[] models)
    {
        Position = position;
        Count = unit.Count;
        var demand = Demand.Of(new GroupSpec("", PlacementRequirements.None, [unit with { Count = 1 }]));
        (MilliCpu, MemoryBytes, StorageBytes, Gpus) = (demand.MilliCpu, demand.MemoryBytes, demand.StorageBytes, (int)demand.Gpus);
        Models = Gpus == 0 ? [] : [.. Enumerable.Range(0, models.Length).Where(model => Wishes(unit.Resources).Any(wish => wish.Matches(models[model])))];
    }

    /// <summary>Where it stands in the group.</summary>
    public int Position { get; }

    public int Count { get; }

    public long MilliCpu { get; }

    public long MemoryBytes { get; }

    public long StorageBytes { get; }

    public int Gpus { get; }

    /// <summary>Which models will do, as positions in the placer's list.</summary>
    public int[] Models { get; }

    /// <summary>What an order says of its GPUs; malformed wishes match nothing.</summary>
    public static IEnumerable<GpuWish> Wishes(Resources resources)
    {
        if (resources.GpuAttributes.Count == 0) return [GpuWish.Any];
        return resources.GpuAttributes.Where(attribute => attribute.Value == "true")
            .Select(attribute => GpuWish.TryParse(attribute.Key, out var wish) ? wish : null).OfType<GpuWish>();
    }

    /// <summary>The unit with its wish for a GPU made concrete.</summary>
    public static ResourceUnit Concrete(ResourceUnit unit, GpuModel? model)
    {
        if (model is null) return unit;
        var wish = Wishes(unit.Resources).FirstOrDefault(wish => wish.Matches(model)) ?? GpuWish.Any;
        return unit with { Resources = unit.Resources with { GpuAttributes = [new(wish.Concrete(model), "true")] } };
    }

    /// <summary>Larger for what is harder to place: devices first, those with the least choice before others, then the largest share of a resource.</summary>
    public (int, int, decimal) Hardness(decimal totalMilli, decimal totalMemory) =>
        (Gpus > 0 ? 1 : 0, Gpus > 0 ? Gpus * 1000 - Models.Length : 0, Math.Max(MilliCpu / totalMilli, MemoryBytes / totalMemory));
}

/// <summary>What a machine has left while ways are tried.</summary>
internal sealed class NodeState
{
    private long _milli;
    private long _memory;
    private long _storage;

    public NodeState(NodeStock stock, GpuModel[] models)
    {
        (_milli, _memory, _storage) = (stock.MilliCpu, stock.MemoryBytes, stock.StorageBytes);
        Gpus = [.. models.Select(model => stock.Gpus.Count(gpu => gpu.Model == model))];
    }

    /// <summary>Devices left, per model.</summary>
    public int[] Gpus { get; }

    public int MostOf(UnitDemand unit, int model)
    {
        if (_milli < 0 || _memory < 0 || _storage < 0) return 0;
        long most = unit.Count;
        if (unit.MilliCpu > 0) most = Math.Min(most, _milli / unit.MilliCpu);
        if (unit.MemoryBytes > 0) most = Math.Min(most, _memory / unit.MemoryBytes);
        if (unit.StorageBytes > 0) most = Math.Min(most, _storage / unit.StorageBytes);
        if (model >= 0) most = Math.Min(most, Gpus[model] / unit.Gpus);
        return (int)most;
    }

    /// <summary>Takes replicas, or gives them back when negative.</summary>
    public void Take(UnitDemand unit, int model, int count)
    {
        _milli -= unit.MilliCpu * count;
        _memory -= unit.MemoryBytes * count;
        _storage -= unit.StorageBytes * count;
        if (model >= 0) Gpus[model] -= unit.Gpus * count;
    }

    /// <summary>Smaller for a better fit: idle devices that would be blocked count most, then what is left over.</summary>
    public (int, double) Tightness(UnitDemand unit, int model)
    {
        var idle = 0;
        for (var other = 0; other < Gpus.Length; other++) idle += other == model ? Gpus[other] - unit.Gpus : Gpus[other];
        return (idle, Left(_milli, unit.MilliCpu) + Left(_memory, unit.MemoryBytes));
    }

    /// <summary>Before it took <paramref name="taken"/> replicas, this machine stood exactly as the other does now.</summary>
    public bool StoodAlike(NodeState other, UnitDemand unit, int model, int taken)
    {
        if (_milli + unit.MilliCpu * taken != other._milli || _memory + unit.MemoryBytes * taken != other._memory || _storage + unit.StorageBytes * taken != other._storage) return false;
        for (var i = 0; i < Gpus.Length; i++)
        {
            if (Gpus[i] + (i == model ? unit.Gpus * taken : 0) != other.Gpus[i]) return false;
        }

        return true;
    }

    private static double Left(long free, long asked) => free == 0 ? 0 : (double)(free - asked) / free;
}
