using System.Runtime.InteropServices;
using System.Text;

namespace ProviderAgent.Inventory;

/// <summary>Asks the vendor's library about all devices. Belongs to one thread.</summary>
internal sealed class NvmlReader(Nvml nvml, ProbeStep step, HostFiles files)
{
    // No machine has more; a count above it is a misread one (2^32 − 1 devices were once sold).
    private const uint MaxDevices = 128;

    private const ulong WantedEvents = EccDoubleBit | CriticalXid;
    private const ulong EccDoubleBit = 0x2;
    private const ulong CriticalXid = 0x8;

    // What the driver stands for when it counts a double-bit error without an XID.
    private const int DoubleBitXid = 48;

    private readonly Dictionary<nint, string> _uuids = [];
    private bool _started;
    private nint _events;
    private string _linked = "";

    /// <summary>One sweep. When the library has no driver to talk to, it says so and is begun anew the next time.</summary>
    public GpuSweep Read()
    {
        if (!_started)
        {
            var begun = nvml.Start();
            if (begun != NvmlReturn.Success) return Unavailable(begun);
            _started = true;
        }

        if (nvml.Count(out var count) is var counted && counted != NvmlReturn.Success)
        {
            Stop();
            return Unavailable(counted);
        }

        nvml.DriverVersion(out var driver);
        nvml.NvmlVersion(out var version);
        nvml.CudaVersion(out var cuda);
        var devices = new List<(nint Device, string Uuid)>();
        var readings = new List<GpuReading>();
        for (uint index = 0; index < Math.Min(count, MaxDevices); index++)
        {
            if (nvml.Device(index, out var device) is var code && code != NvmlReturn.Success)
            {
                if (code.IsLibraryFault())
                {
                    Stop();
                    return Unavailable(code);
                }

                readings.Add(new() { Index = (int)index, Fault = code.IsDeviceFault() ? code : NvmlReturn.Unknown, FaultCall = "nvmlDeviceGetHandleByIndex" });
                continue;
            }

            var reading = ReadDevice((int)index, device);
            readings.Add(reading);
            if (reading.Uuid.Length > 0) devices.Add((device, reading.Uuid));
        }

        step.Device = "";
        var isNew = Remember(devices);
        return new() { Source = "nvml", DriverVersion = driver, NvmlVersion = version, CudaVersion = cuda, Gpus = readings, Links = isNew ? Links(devices) : null };
    }

    /// <summary>Waits for something that a device reports by itself.</summary>
    /// <returns>Null when nothing happened within the time, or nothing can be waited for.</returns>
    public XidReport? WaitForXid(TimeSpan limit, out bool canWait)
    {
        canWait = _events != 0;
        if (!canWait) return null;
        var code = nvml.WaitForEvent(_events, (uint)limit.TotalMilliseconds, out var data);
        if (code == NvmlReturn.Timeout) return null;
        if (code != NvmlReturn.Success)
        {
            // The set is of no use any more, for example because a device of it was lost: the next sweep makes a new one.
            canWait = false;
            FreeEvents();
            _linked = "";
            return null;
        }

        var uuid = _uuids.GetValueOrDefault(data.Device, "");
        return new(uuid, (data.EventType & CriticalXid) != 0 ? (int)Math.Min(data.EventData, int.MaxValue) : DoubleBitXid);
    }

    /// <summary>Lets go of the library.</summary>
    public void Stop()
    {
        FreeEvents();
        if (_started) nvml.Stop();
        _started = false;
        _linked = "";
        _uuids.Clear();
    }

    private static GpuSweep Unavailable(NvmlReturn code) => new() { Source = "none", Code = code };

    private GpuReading ReadDevice(int index, nint device)
    {
        step.Device = $"GPU {index}";
        var fault = NvmlReturn.Success;
        string? faultCall = null;

        nvml.Uuid(device, out var uuid);
        nvml.Name(device, out var name);
        nvml.Serial(device, out var serial);
        if (uuid.Length > 0) step.Device = uuid;
        Note("nvmlDeviceGetPciInfo", nvml.Pci(device, out var pci));
        var bus = BusId(pci);
        var minor = Ask("nvmlDeviceGetMinorNumber", nvml.Minor(device, out var minorNumber), minorNumber);
        var memoryCode = nvml.Memory(device, out var memory);
        Note("nvmlDeviceGetMemoryInfo", memoryCode);
        var rates = nvml.Utilization(device, out var utilization);
        Note("nvmlDeviceGetUtilizationRates", rates);
        var found = new List<NvmlProcessInfo>();
        var compute = nvml.ComputeProcesses(device, found);
        Note("nvmlDeviceGetComputeRunningProcesses", compute);
        nvml.GraphicsProcesses(device, found);
        var rows = nvml.RemappedRows(device, out var remapped);
        var reading = new GpuReading
        {
            Index = index,
            Uuid = uuid,
            Name = name,
            Serial = serial,
            PciBusId = bus,
            PciDeviceId = pci.PciDeviceId,
            Minor = minor,
            NumaNode = NumaNode(bus),
            MemoryTotal = memoryCode == NvmlReturn.Success ? memory.Total : null,
            MemoryUsed = memoryCode == NvmlReturn.Success ? memory.Used : null,
            MigEnabled = nvml.Mig(device, out var mig) == NvmlReturn.Success ? mig != 0 : null,
            ComputeCapability = nvml.ComputeCapability(device, out var capability) == NvmlReturn.Success ? $"{capability.Major}.{capability.Minor}" : null,
            UtilizationPercent = rates == NvmlReturn.Success ? utilization.Gpu : null,
            MemoryUtilizationPercent = rates == NvmlReturn.Success ? utilization.Memory : null,
            PowerMilliwatts = Ask("nvmlDeviceGetPowerUsage", nvml.PowerUsage(device, out var power), power),
            PowerLimitMilliwatts = Ask("nvmlDeviceGetEnforcedPowerLimit", nvml.PowerLimit(device, out var limit), limit),
            EnergyMillijoules = Ask("nvmlDeviceGetTotalEnergyConsumption", nvml.Energy(device, out var energy), energy),
            TemperatureCelsius = Ask("nvmlDeviceGetTemperature", nvml.Temperature(device, out var temperature), temperature),
            SlowdownCelsius = Ask("nvmlDeviceGetTemperatureThreshold", nvml.SlowdownTemperature(device, out var slowdown), slowdown),
            SmClockMegahertz = Ask("nvmlDeviceGetClockInfo", nvml.SmClock(device, out var sm), sm),
            MemoryClockMegahertz = Ask("nvmlDeviceGetClockInfo", nvml.MemoryClock(device, out var clock), clock),
            ThrottleReasons = Ask("nvmlDeviceGetCurrentClocksEventReasons", nvml.ThrottleReasons(device, out var throttle), throttle),
            PcieGeneration = Ask("nvmlDeviceGetCurrPcieLinkGeneration", nvml.PcieGeneration(device, out var generation), generation),
            PcieWidth = Ask("nvmlDeviceGetCurrPcieLinkWidth", nvml.PcieWidth(device, out var width), width),
            PcieMaxGeneration = Ask("nvmlDeviceGetMaxPcieLinkGeneration", nvml.PcieMaxGeneration(device, out var maxGeneration), maxGeneration),
            PcieMaxWidth = Ask("nvmlDeviceGetMaxPcieLinkWidth", nvml.PcieMaxWidth(device, out var maxWidth), maxWidth),
            UncorrectedEcc = Ask("nvmlDeviceGetTotalEccErrors", nvml.UncorrectedEcc(device, out var ecc), ecc),
            RemappedRows = Ask("nvmlDeviceGetRemappedRows", rows, remapped),
            Processes = compute == NvmlReturn.Success ? Distinct(found) : null,
        };
        return reading with { Fault = fault, FaultCall = faultCall };

        void Note(string call, NvmlReturn code)
        {
            if (fault == NvmlReturn.Success && code.IsDeviceFault()) (fault, faultCall) = (code, call);
        }

        T? Ask<T>(string call, NvmlReturn code, T value)
            where T : struct
        {
            Note(call, code);
            return code == NvmlReturn.Success ? value : null;
        }
    }

    private static List<GpuProcess> Distinct(List<NvmlProcessInfo> found) =>
        [.. found.GroupBy(process => process.Pid).Select(group => new GpuProcess(group.Key, group.Max(process => process.UsedGpuMemory == ulong.MaxValue ? null : (ulong?)process.UsedGpuMemory)))];

    /// <summary>Registers for events when the set of devices is another one than before.</summary>
    private bool Remember(List<(nint Device, string Uuid)> devices)
    {
        var now = string.Join(' ', devices.Select(device => device.Uuid));
        if (now == _linked && devices.All(device => _uuids.GetValueOrDefault(device.Device) == device.Uuid)) return false;
        _linked = now;
        _uuids.Clear();
        foreach (var (device, uuid) in devices) _uuids[device] = uuid;
        FreeEvents();
        if (devices.Count == 0 || nvml.CreateEventSet(out var set) != NvmlReturn.Success) return true;
        _events = set;
        var registered = 0;
        foreach (var (device, _) in devices)
        {
            if (nvml.SupportedEvents(device, out var types) == NvmlReturn.Success && (types & WantedEvents) != 0
                && nvml.RegisterEvents(device, types & WantedEvents, set) == NvmlReturn.Success) registered++;
        }

        if (registered == 0) FreeEvents();
        return true;
    }

    private List<GpuLink> Links(List<(nint Device, string Uuid)> devices)
    {
        var links = new List<GpuLink>();
        for (var left = 0; left < devices.Count; left++)
        {
            for (var right = left + 1; right < devices.Count; right++)
            {
                if (nvml.CommonAncestor(devices[left].Device, devices[right].Device, out var level) != NvmlReturn.Success) continue;
                nvml.NvLink(devices[left].Device, devices[right].Device, out var linked);
                links.Add(new(devices[left].Uuid, devices[right].Uuid, level, linked));
            }
        }

        return links;
    }

    private void FreeEvents()
    {
        if (_events != 0) nvml.FreeEventSet(_events);
        _events = 0;
    }

    private static unsafe string BusId(NvmlPciInfo pci)
    {
        var text = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(pci.BusId);
        return text.Length is > 0 and < 32 ? Encoding.ASCII.GetString(text) : "";
    }

    /// <summary>From sysfs, which names devices with a domain of four digits.</summary>
    private int? NumaNode(string busId) =>
        busId.Length > 4 && files.TryRead($"/sys/bus/pci/devices/{PciAddress.ForSysfs(busId)}/numa_node") is { } text && int.TryParse(text.Trim(), out var node) && node >= 0 ? node : null;
}

/// <summary>The two spellings of a PCI address.</summary>
internal static class PciAddress
{
    /// <summary><c>00000000:1B:00.0</c> as <c>0000:1b:00.0</c>.</summary>
    public static string ForSysfs(string busId)
    {
        var lower = busId.ToLowerInvariant();
        return lower.IndexOf(':', StringComparison.Ordinal) == 8 && lower.StartsWith("0000", StringComparison.Ordinal) ? lower[4..] : lower;
    }

    /// <summary><c>0000:1b:00.0</c> as <c>00000000:1B:00.0</c>, the library's spelling.</summary>
    public static string ForNvml(string address)
    {
        var upper = address.Trim().ToUpperInvariant();
        return upper.IndexOf(':', StringComparison.Ordinal) == 4 ? "0000" + upper : upper;
    }
}
