using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;
using ProviderAgent.Operator.Views;
using ProviderAgent.Workloads;

namespace ProviderAgent.Operator;

/// <summary>The inventory as the operator reads it. Reads memory only.</summary>
internal sealed class InventoryReader(IReservationBook book, IGpuDesk desk, EngineGate engine)
{
    public InventoryView Read()
    {
        var now = book.Snapshot;
        var details = now.Host?.Details;
        var (cpu, memory, storage) = (now[ResourceKind.Cpu], now[ResourceKind.Memory], now[ResourceKind.Storage]);
        return new(
            1,
            now.Problem,
            now.Host?.MeasuredAt,
            new(
                now.Host?.CpuModel ?? "",
                details?.CpuVendor ?? "",
                details?.Architecture ?? "",
                details?.Threads ?? 0,
                details?.Smt,
                details?.Kernel ?? "",
                [.. now.Host?.Limits ?? []],
                now.Host?.Cpu.Value ?? 0,
                cpu.Total,
                Held(now, cpu, assigned: false),
                Held(now, cpu, assigned: true),
                Free(now, cpu)),
            new(
                now.Host?.Memory.Bytes ?? 0,
                memory.Total,
                Held(now, memory, assigned: false),
                Held(now, memory, assigned: true),
                Free(now, memory),
                [.. (details?.NumaNodes ?? []).Select(node => node.Memory.Bytes)]),
            [
                new("ephemeral", now.Host?.DataFolder ?? "", now.Host?.DiskTotal.Bytes ?? 0, storage.Total, Held(now, storage, assigned: false), Held(now, storage, assigned: true), Free(now, storage)),
                .. (details?.Disks ?? []).Select(disk => new StorageRow(disk.Class, disk.Name, disk.Size.Bytes, null, null, null, null)),
            ],
            [.. now.Gpus.Select(Row)],
            now.GpuProblem,
            desk.DriverVersion,
            Attributes(now).ToDictionary(attribute => attribute.Key, attribute => attribute.Value),
            [.. (details?.Interfaces ?? []).Select(one => new NetworkRow(one.Name, one.IsUp, one.MegabitsPerSecond))],
            [.. now.Reservations.Values.OrderBy(entry => entry.Owner.ToString(), StringComparer.Ordinal).Select(Row)],
            engine.Facts);
    }

    /// <summary>What to register of the GPUs; null while they are not known.</summary>
    public IReadOnlyCollection<MarketAttribute>? DetectedAttributes() => book.Snapshot is { Host: not null } now && (now.Gpus.Length > 0 || now.GpuProblem is null) ? Attributes(now) : null;

    /// <summary>How one device stands; null when it was never seen.</summary>
    public GpuView Read(string uuid) => new(1, book.Snapshot.Gpus.FirstOrDefault(gpu => gpu.Card.Uuid == uuid) is { } found ? Row(found) : null);

    public static GpuTestRow Row(SelfTestReport report) => new(
        report.Uuid, report.Outcome.ToString().ToLowerInvariant(), report.Detail, report.TestedBytes, report.Milliseconds, report.Stages.ToDictionary(stage => stage.Name, stage => stage.Milliseconds));

    private static ValueList<MarketAttribute> Attributes(InventorySnapshot now) =>
        GpuModel.Attributes(now.Gpus.Where(gpu => gpu.Condition is GpuCondition.Healthy or GpuCondition.Kept).Select(gpu => gpu.Card.Model).OfType<GpuModel>());

    private static GpuRow Row(GpuStatus gpu) => new(
        gpu.Card.Uuid,
        gpu.Card.Model?.Name,
        gpu.Card.Name,
        gpu.Card.MemoryBytes,
        gpu.Card.Model?.Interface,
        gpu.Card.PciBusId,
        gpu.State,
        gpu.Reason.Length > 0 ? gpu.Reason : null,
        gpu.Owner?.ToString())
    {
        Ram = gpu.Card.Model?.Memory,
    };

    private static ReservationRow Row(Reservation entry) => new(
        entry.Owner.ToString(),
        entry.IsAssigned ? "assigned" : "pending",
        entry.Allocation.Demand.MilliCpu,
        entry.Allocation.Demand.MemoryBytes,
        entry.Allocation.Demand.StorageBytes,
        [.. entry.Allocation.Gpus.Select(pick => pick.Uuid)]);

    private static long Held(InventorySnapshot now, ResourceLine line, bool assigned) =>
        now.Reservations.Values.Where(entry => entry.IsAssigned == assigned).Sum(entry => Math.Min(entry.Allocation.Demand[line.Kind], long.MaxValue / 4096));

    private static long Free(InventorySnapshot now, ResourceLine line) => now.Problem is null ? line.Free : 0;
}
