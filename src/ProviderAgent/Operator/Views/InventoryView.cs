using ProviderAgent.Workloads;

namespace ProviderAgent.Operator.Views;

/// <summary>What the host has, what is promised and what is for sale.</summary>
/// <param name="Schema">Version of this document.</param>
/// <param name="Problem">Why nothing at all is for sale; null when selling.</param>
/// <param name="MeasuredAt">When; null before the first time.</param>
/// <param name="Cpu">Processors.</param>
/// <param name="Memory">Memory.</param>
/// <param name="Storage">Disk space per class that is sold, then the disks themselves.</param>
/// <param name="Gpus">Every GPU that was seen.</param>
/// <param name="GpuProblem">Why no order with GPUs is bid on; null when they are.</param>
/// <param name="GpuDriver">Version of the GPU driver; empty when not known.</param>
/// <param name="GpuAttributes">What to register on the market for the GPUs that can be sold.</param>
/// <param name="Network">Network interfaces.</param>
/// <param name="Reservations">What is promised to whom.</param>
/// <param name="Engine">The container engine; null until it was asked.</param>
public sealed record InventoryView(
    int Schema,
    string? Problem,
    DateTimeOffset? MeasuredAt,
    CpuRow Cpu,
    MemoryRow Memory,
    IReadOnlyList<StorageRow> Storage,
    IReadOnlyList<GpuRow> Gpus,
    string? GpuProblem,
    string GpuDriver,
    IReadOnlyDictionary<string, string> GpuAttributes,
    IReadOnlyList<NetworkRow> Network,
    IReadOnlyList<ReservationRow> Reservations,
    EngineFacts? Engine);

/// <param name="Model">For people.</param>
/// <param name="Vendor">As the processor says.</param>
/// <param name="Architecture">For example x64.</param>
/// <param name="Threads">Hardware threads.</param>
/// <param name="Smt">Two threads or more share a core; null when that is not told.</param>
/// <param name="Kernel">Release of the kernel.</param>
/// <param name="Limits">What makes less available than the machine has.</param>
/// <param name="CapacityMillicpu">Processor time that there is.</param>
/// <param name="TotalMillicpu">What may be sold of it.</param>
/// <param name="ReservedMillicpu">Set aside for bids.</param>
/// <param name="LeasedMillicpu">With leases.</param>
/// <param name="FreeMillicpu">Still for sale.</param>
public sealed record CpuRow(
    string Model, string Vendor, string Architecture, int Threads, bool? Smt, string Kernel, IReadOnlyList<string> Limits,
    long CapacityMillicpu, long TotalMillicpu, long ReservedMillicpu, long LeasedMillicpu, long FreeMillicpu);

/// <param name="CapacityBytes">Memory that there is.</param>
/// <param name="TotalBytes">What may be sold of it.</param>
/// <param name="ReservedBytes">Set aside for bids.</param>
/// <param name="LeasedBytes">With leases.</param>
/// <param name="FreeBytes">Still for sale.</param>
/// <param name="NumaBytes">Memory of each NUMA node.</param>
public sealed record MemoryRow(long CapacityBytes, long TotalBytes, long ReservedBytes, long LeasedBytes, long FreeBytes, IReadOnlyList<long> NumaBytes);

/// <param name="Class">ephemeral for what is sold; hdd, ssd or nvme for a disk.</param>
/// <param name="Name">Folder or device.</param>
/// <param name="CapacityBytes">Its size.</param>
/// <param name="TotalBytes">What may be sold of it; null for a disk.</param>
/// <param name="ReservedBytes">Set aside for bids; null for a disk.</param>
/// <param name="LeasedBytes">With leases; null for a disk.</param>
/// <param name="FreeBytes">Still for sale; null for a disk.</param>
public sealed record StorageRow(string Class, string Name, long CapacityBytes, long? TotalBytes, long? ReservedBytes, long? LeasedBytes, long? FreeBytes);

/// <param name="Uuid">The device's identity.</param>
/// <param name="Model">What it is sold as; null without a name on the market.</param>
/// <param name="Name">The maker's name.</param>
/// <param name="MemoryBytes">As the driver tells it; 0 when not known.</param>
/// <param name="Interface">pcie or sxm; null without a name on the market.</param>
/// <param name="Pci">Where it sits.</param>
/// <param name="State">for_sale, reserved, leased, kept, resting, quarantined or lost.</param>
/// <param name="Reason">Why it is not for sale; null when nothing is wrong with it.</param>
/// <param name="Lease">The order that it is set aside for; null when there is none.</param>
public sealed record GpuRow(string Uuid, string? Model, string Name, long MemoryBytes, string? Interface, string Pci, string State, string? Reason, string? Lease)
{
    /// <summary>The memory that it is sold as, such as 80Gi; null without a name on the market.</summary>
    public string? Ram { get; init; }
}

/// <param name="Name">The interface.</param>
/// <param name="Up">It has a link.</param>
/// <param name="MegabitsPerSecond">Speed of the link; null when not known.</param>
public sealed record NetworkRow(string Name, bool Up, int? MegabitsPerSecond);

/// <param name="Order">The order.</param>
/// <param name="State">pending for a bid, assigned for a lease.</param>
/// <param name="Millicpu">Processor time.</param>
/// <param name="MemoryBytes">Memory.</param>
/// <param name="StorageBytes">Disk space.</param>
/// <param name="Gpus">UUIDs.</param>
public sealed record ReservationRow(string Order, string State, long Millicpu, long MemoryBytes, long StorageBytes, IReadOnlyList<string> Gpus);

/// <param name="Schema">Version of this document.</param>
/// <param name="Tests">One for each tested GPU.</param>
public sealed record GpuTestView(int Schema, IReadOnlyList<GpuTestRow> Tests);

/// <param name="Uuid">The device.</param>
/// <param name="Outcome">passed, failed or impossible.</param>
/// <param name="Detail">In words.</param>
/// <param name="TestedBytes">Memory that was written and read back.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Stages">Each stage with its milliseconds.</param>
public sealed record GpuTestRow(string Uuid, string Outcome, string Detail, long TestedBytes, double Milliseconds, IReadOnlyDictionary<string, double> Stages);

/// <param name="Schema">Version of this document.</param>
/// <param name="Gpu">How the device stands now; null when it is not there any more.</param>
public sealed record GpuView(int Schema, GpuRow? Gpu);
