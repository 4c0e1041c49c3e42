using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>Tells whether a group fits on this host as it stands. Pure.</summary>
internal static class Fitter
{
    // Names under which an order may ask for plain disk space although it need not name a class at all.
    private const string EphemeralClass = "ephemeral";
    private const string DefaultClass = "default";

    /// <summary>Null when it fits.</summary>
    /// <param name="group">What is asked for.</param>
    /// <param name="now">What is free.</param>
    /// <param name="placement">Which devices it gets; null when it needs none, or does not fit.</param>
    public static ReservationRefusal? Refuse(GroupSpec group, InventorySnapshot now, out PlacementResult? placement)
    {
        placement = null;
        if (now.Problem is { } problem) return Unsold(ResourceKind.Host, problem);
        if (RefuseShape(group) is { } malformed) return malformed;
        if (RefuseKind(group, now) is { } unsold) return unsold;

        var demand = Demand.Of(group);
        if (demand.Gpus > 0 && now.GpuProblem is { } hold && now[ResourceKind.Gpu].Total > 0) return Unsold(ResourceKind.Gpu, $"no GPU is sold at the moment: {hold}");
        if (demand.StorageBytes > 0 && now.StorageProblem is { } full) return Unsold(ResourceKind.Storage, $"no storage is sold at the moment: {full}");
        foreach (var line in now.Lines)
        {
            if (demand[line.Kind] > line.Free) return Short(line, demand[line.Kind]);
        }

        return demand.Gpus > 0 ? RefuseGpus(group, now, out placement) : null;
    }

    /// <summary>There are enough devices; are there enough of each model?</summary>
    private static ReservationRefusal? RefuseGpus(GroupSpec group, InventorySnapshot now, out PlacementResult? placement)
    {
        var units = GpuShelf.WithGpus(group);

        // The sums were compared above; on one machine only the devices can still stand in each other's way.
        var stock = now.Stock("") with { MilliCpu = Demand.Ceiling, MemoryBytes = Demand.Ceiling, StorageBytes = Demand.Ceiling };
        placement = GroupPlacer.Place(units, [stock]);
        if (placement.Fits) return null;
        var exhaustive = placement.WasExhaustive;
        placement = null;
        foreach (var unit in units)
        {
            var most = stock.Gpus.Where(gpu => UnitDemand.Wishes(unit.Resources).Any(wish => wish.Matches(gpu.Model))).GroupBy(gpu => gpu.Model).Select(model => model.Count()).DefaultIfEmpty().Max();
            var asked = (long)unit.Resources.Gpus * unit.Count;
            if (most < asked) return new(ResourceKind.Gpu, asked, most, $"gpu: unit {unit.Resources.Id} asks for {asked} of one model ({Wish(unit)}), free are {most}");
        }

        var total = units.Sum(unit => (long)unit.Resources.Gpus * unit.Count);
        return new(ResourceKind.Gpu, total, stock.Gpus.Length, exhaustive ? "gpu: each unit alone would find its model, all of them together do not" : "gpu: no way to give each unit its model was found in time");
    }

    private static string Wish(ResourceUnit unit) =>
        unit.Resources.GpuAttributes.Count == 0 ? "any" : string.Join(" or ", unit.Resources.GpuAttributes.Take(4).Select(attribute => attribute.Key.Length > 80 ? attribute.Key[..80] : attribute.Key));

    private static ReservationRefusal? RefuseShape(GroupSpec group)
    {
        if (group.Units.Count == 0) return Unsold(ResourceKind.Request, "the group asks for nothing");
        foreach (var unit in group.Units)
        {
            var needs = unit.Resources;
            if (unit.Count < 1 || needs.Cpu.Value <= 0 || needs.Memory.Bytes <= 0 || needs.Gpus < 0 || needs.Storage.Any(volume => volume.Size.Bytes < 0))
                return Unsold(ResourceKind.Request, $"unit {needs.Id} asks for an amount that is not positive");
        }

        return null;
    }

    private static ReservationRefusal? RefuseKind(GroupSpec group, InventorySnapshot now)
    {
        foreach (var unit in group.Units)
        {
            foreach (var volume in unit.Resources.Storage)
            {
                if (volume.IsPersistent)
                {
                    if (now.PersistentClasses.Contains(volume.Class ?? DefaultClass)) continue;
                    return Unsold(ResourceKind.StorageClass, now.PersistentClasses.Count == 0
                        ? $"volume '{volume.Name}' is persistent: no persistent storage is for sale on this host"
                        : $"volume '{volume.Name}' is persistent and of class '{volume.Class ?? DefaultClass}': for sale here are {string.Join(", ", now.PersistentClasses)}");
                }

                if (volume.IsRam && !now.SellsRam) return Unsold(ResourceKind.StorageClass, $"volume '{volume.Name}' is memory-backed: inventory.storage_classes.ram is off");
                if (volume.Class is not (null or StorageVolume.RamClass or EphemeralClass or DefaultClass))
                    return Unsold(ResourceKind.StorageClass, $"volume '{volume.Name}' wants class '{volume.Class}', which is not for sale on this host");
            }

            if (unit.Resources.Endpoints.Any(endpoint => endpoint.Kind == EndpointKind.LeasedIp))
                return Unsold(ResourceKind.LeasedIp, "no address of its own can be leased from this host");
        }

        return null;
    }

    private static ReservationRefusal Short(ResourceLine line, long asked)
    {
        var name = line.Kind.ToString().ToLowerInvariant();
        var askedText = ResourceLine.Format(line.Kind, asked);
        var detail = line switch
        {
            { Fault: { } fault } => $"{name}: not for sale until the daemon is restarted, its books are wrong ({fault})",
            { IsOvercommitted: true } => $"{name}: not for sale, {line}",
            { Kind: ResourceKind.Gpu, Total: 0 } => $"asked {askedText} GPU, no GPU is for sale on this host",
            _ => $"{name}: asked {askedText}, free {ResourceLine.Format(line.Kind, line.Free)} of {ResourceLine.Format(line.Kind, line.Total)}",
        };
        return new(line.Kind, asked, line.Free, detail);
    }

    private static ReservationRefusal Unsold(ResourceKind kind, string detail) => new(kind, 0, 0, detail);
}
