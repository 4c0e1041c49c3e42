using System.Text.Json.Serialization;

namespace ProviderAgent.Inventory;

/// <summary>One line of what the probe's process says. Exactly one member is set.</summary>
public sealed record ProbeLine
{
    /// <summary>Longest line in bytes; a longer one is a broken probe. A sweep of 64 devices with many processes stays below a quarter of it.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>A look at all devices.</summary>
    public GpuSweep? Sweep { get; init; }

    /// <summary>Something that a device reported by itself.</summary>
    public XidReport? Xid { get; init; }

    /// <summary>The call that does not return.</summary>
    public string? Stuck { get; init; }

    /// <summary>Result of a self-test.</summary>
    public SelfTestReport? Test { get; init; }
}

/// <summary>A look at all devices, as the driver tells it: nothing is believed yet.</summary>
public sealed record GpuSweep
{
    /// <summary><c>nvml</c>, or what stood in for it: <c>nvidia-smi</c>, <c>proc</c>, <c>pci</c>, <c>none</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Why <c>nvml</c> could not be asked.</summary>
    public NvmlReturn Code { get; init; }

    public string DriverVersion { get; init; } = "";

    public string NvmlVersion { get; init; } = "";

    /// <summary>1000 · major + 10 · minor; zero when not known.</summary>
    public int CudaVersion { get; init; }

    public IReadOnlyList<GpuReading> Gpus { get; init; } = [];

    /// <summary>How devices are joined; in the first sweep and whenever the devices changed, null in between.</summary>
    public IReadOnlyList<GpuLink>? Links { get; init; }
}

/// <summary>What one device says. Null is what it does not tell.</summary>
public sealed record GpuReading
{
    public int Index { get; init; }

    public string Uuid { get; init; } = "";

    public string Name { get; init; } = "";

    public string Serial { get; init; } = "";

    /// <summary>As <c>00000000:1B:00.0</c>.</summary>
    public string PciBusId { get; init; } = "";

    /// <summary>Device id in the upper half, vendor id in the lower.</summary>
    public uint PciDeviceId { get; init; }

    /// <summary>The number in <c>/dev/nvidia0</c>.</summary>
    public uint? Minor { get; init; }

    /// <summary>The memory's distance group of the host; null when there is only one.</summary>
    public int? NumaNode { get; init; }

    /// <summary>Kernel driver that has the device, where that is known: <c>nvidia</c>, <c>vfio-pci</c>, <c>nouveau</c>.</summary>
    public string? KernelDriver { get; init; }

    /// <summary>The first answer that shows the device itself at fault; success otherwise.</summary>
    public NvmlReturn Fault { get; init; }

    /// <summary>The call that gave that answer.</summary>
    public string? FaultCall { get; init; }

    public ulong? MemoryTotal { get; init; }

    public ulong? MemoryUsed { get; init; }

    public bool? MigEnabled { get; init; }

    public string? ComputeCapability { get; init; }

    public uint? UtilizationPercent { get; init; }

    public uint? MemoryUtilizationPercent { get; init; }

    public uint? PowerMilliwatts { get; init; }

    public uint? PowerLimitMilliwatts { get; init; }

    /// <summary>Since the driver was loaded.</summary>
    public ulong? EnergyMillijoules { get; init; }

    public uint? TemperatureCelsius { get; init; }

    public uint? SlowdownCelsius { get; init; }

    public uint? SmClockMegahertz { get; init; }

    public uint? MemoryClockMegahertz { get; init; }

    public ulong? ThrottleReasons { get; init; }

    public uint? PcieGeneration { get; init; }

    public uint? PcieWidth { get; init; }

    public uint? PcieMaxGeneration { get; init; }

    public uint? PcieMaxWidth { get; init; }

    public ulong? UncorrectedEcc { get; init; }

    public RemappedRows? RemappedRows { get; init; }

    /// <summary>Processes with a context on the device; null when they could not be listed.</summary>
    public IReadOnlyList<GpuProcess>? Processes { get; init; }
}

/// <param name="Pid">Its number on the host.</param>
/// <param name="Memory">Bytes that it holds on the device; null when not told.</param>
public sealed record GpuProcess(uint Pid, ulong? Memory);

/// <param name="Left">UUID.</param>
/// <param name="Right">UUID.</param>
/// <param name="Level">As the library counts: 0 one board, 10, 20 PCI switches, 30 one host bridge, 40 one NUMA node, 50 further apart.</param>
/// <param name="NvLink">Joined by NVLink.</param>
public sealed record GpuLink(string Left, string Right, int Level, bool NvLink);

/// <param name="Uuid">The device; empty when the driver did not say which.</param>
/// <param name="Code">The error's number; see <see cref="XidClasses"/>.</param>
public sealed record XidReport(string Uuid, int Code);

/// <summary>The probe's lines on the wire.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(ProbeLine))]
internal sealed partial class ProbeJson : JsonSerializerContext;
