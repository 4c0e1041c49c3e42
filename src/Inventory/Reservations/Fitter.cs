using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>Tells whether a group fits on this host as it stands. Pure.</summary>
internal static class Fitter
{
    // Names under which an order may ask for plain disk space although it need not name a class at all.
    private const string EphemeralClass = "ephemeral";
    private const string DefaultClass = "default";

    /// <summary>Null when it fits.</summary>
    public static ReservationRefusal? Refuse(GroupSpec group, InventorySnapshot now)
    {
        if (now.Problem is { } problem) return Unsold(ResourceKind.Host, problem);
        if (RefuseShape(group) is { } malformed) return malformed;
        if (RefuseKind(group, now) is { } unsold) return unsold;

        var demand = Demand.Of(group);
        foreach (var line in now.Lines)
        {
            if (demand[line.Kind] > line.Free) return Short(line, demand[line.Kind]);
        }

        return null;
    }

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
                if (volume.IsPersistent) return Unsold(ResourceKind.StorageClass, $"volume '{volume.Name}' is persistent: no persistent storage is for sale on this host");
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
