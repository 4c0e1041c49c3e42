using System.Text;

namespace ProviderAgent.Inventory;

/// <summary>Calls the vendor's library: the newest form of each function first, the older one where the driver lacks it. Not safe for concurrent use.</summary>
/// <remarks>Before each call its name is put into <see cref="ProbeStep"/>, so that a watcher can say what hangs.</remarks>
internal sealed class Nvml(ProbeStep step)
{
    private const int TextBytes = 96;

    // No device has more contexts; a count above it is a misread one.
    private const uint MaxProcesses = 4096;

    // Exceptions for missing symbols are dear: each is met once.
    private readonly HashSet<string> _absent = [];

    private delegate int Getter<T>(nint subject, out T value);

    private delegate int TextGetter(nint subject, ref byte text, uint length);

    private unsafe delegate int ProcessGetter(nint device, ref uint count, NvmlProcessInfo* processes);

    public NvmlReturn Start() => First("nvmlInit_v2", NvmlNative.nvmlInit_v2, "nvmlInit", NvmlNative.nvmlInit);

    public NvmlReturn Stop() => First("nvmlShutdown", NvmlNative.nvmlShutdown);

    public NvmlReturn DriverVersion(out string text) => Text("nvmlSystemGetDriverVersion", static (_, ref text, length) => NvmlNative.nvmlSystemGetDriverVersion(ref text, length), 0, out text);

    public NvmlReturn NvmlVersion(out string text) => Text("nvmlSystemGetNVMLVersion", static (_, ref text, length) => NvmlNative.nvmlSystemGetNVMLVersion(ref text, length), 0, out text);

    public NvmlReturn CudaVersion(out int version) => Get(
        "nvmlSystemGetCudaDriverVersion_v2", static (_, out value) => NvmlNative.nvmlSystemGetCudaDriverVersion_v2(out value), 0, out version,
        "nvmlSystemGetCudaDriverVersion", static (_, out value) => NvmlNative.nvmlSystemGetCudaDriverVersion(out value));

    public NvmlReturn Count(out uint count) => Get(
        "nvmlDeviceGetCount_v2", static (_, out value) => NvmlNative.nvmlDeviceGetCount_v2(out value), 0, out count,
        "nvmlDeviceGetCount", static (_, out value) => NvmlNative.nvmlDeviceGetCount(out value));

    public NvmlReturn Device(uint index, out nint device) => Get<nint>(
        "nvmlDeviceGetHandleByIndex_v2", static (at, out value) => NvmlNative.nvmlDeviceGetHandleByIndex_v2((uint)at, out value), (nint)index, out device,
        "nvmlDeviceGetHandleByIndex", static (at, out value) => NvmlNative.nvmlDeviceGetHandleByIndex((uint)at, out value));

    public NvmlReturn Name(nint device, out string text) => Text("nvmlDeviceGetName", NvmlNative.nvmlDeviceGetName, device, out text);

    public NvmlReturn Uuid(nint device, out string text) => Text("nvmlDeviceGetUUID", NvmlNative.nvmlDeviceGetUUID, device, out text);

    public NvmlReturn Serial(nint device, out string text) => Text("nvmlDeviceGetSerial", NvmlNative.nvmlDeviceGetSerial, device, out text);

    public NvmlReturn Minor(nint device, out uint value) => Get("nvmlDeviceGetMinorNumber", NvmlNative.nvmlDeviceGetMinorNumber, device, out value);

    public NvmlReturn Pci(nint device, out NvmlPciInfo value) => Get(
        "nvmlDeviceGetPciInfo_v3", NvmlNative.nvmlDeviceGetPciInfo_v3, device, out value, "nvmlDeviceGetPciInfo_v2", NvmlNative.nvmlDeviceGetPciInfo_v2);

    /// <summary>Total, used without the driver's share where that is told apart, and the driver's share.</summary>
    public NvmlReturn Memory(nint device, out NvmlMemoryV2 value)
    {
        var code = Get(
            "nvmlDeviceGetMemoryInfo_v2",
            static (nint subject, out NvmlMemoryV2 memory) =>
            {
                memory = new() { Version = NvmlMemoryV2.Expected };
                return NvmlNative.nvmlDeviceGetMemoryInfo_v2(subject, ref memory);
            },
            device,
            out value);
        if (code is not (NvmlReturn.FunctionNotFound or NvmlReturn.ArgumentVersionMismatch)) return code;
        code = Get("nvmlDeviceGetMemoryInfo", NvmlNative.nvmlDeviceGetMemoryInfo, device, out NvmlMemory older);
        value = new() { Total = older.Total, Free = older.Free, Used = older.Used };
        return code;
    }

    public NvmlReturn Utilization(nint device, out NvmlUtilization value) => Get("nvmlDeviceGetUtilizationRates", NvmlNative.nvmlDeviceGetUtilizationRates, device, out value);

    public NvmlReturn PowerUsage(nint device, out uint milliwatts) => Get("nvmlDeviceGetPowerUsage", NvmlNative.nvmlDeviceGetPowerUsage, device, out milliwatts);

    public NvmlReturn PowerLimit(nint device, out uint milliwatts) => Get(
        "nvmlDeviceGetEnforcedPowerLimit", NvmlNative.nvmlDeviceGetEnforcedPowerLimit, device, out milliwatts,
        "nvmlDeviceGetPowerManagementLimit", NvmlNative.nvmlDeviceGetPowerManagementLimit);

    public NvmlReturn Energy(nint device, out ulong millijoules) => Get("nvmlDeviceGetTotalEnergyConsumption", NvmlNative.nvmlDeviceGetTotalEnergyConsumption, device, out millijoules);

    public NvmlReturn Temperature(nint device, out uint celsius) => Get(
        "nvmlDeviceGetTemperature", static (subject, out value) => NvmlNative.nvmlDeviceGetTemperature(subject, 0, out value), device, out celsius);

    /// <summary>Where the card begins to slow itself down.</summary>
    public NvmlReturn SlowdownTemperature(nint device, out uint celsius) => Get(
        "nvmlDeviceGetTemperatureThreshold", static (subject, out value) => NvmlNative.nvmlDeviceGetTemperatureThreshold(subject, 1, out value), device, out celsius);

    public NvmlReturn SmClock(nint device, out uint megahertz) => Get("nvmlDeviceGetClockInfo", static (subject, out value) => NvmlNative.nvmlDeviceGetClockInfo(subject, 1, out value), device, out megahertz);

    public NvmlReturn MemoryClock(nint device, out uint megahertz) => Get("nvmlDeviceGetClockInfo", static (subject, out value) => NvmlNative.nvmlDeviceGetClockInfo(subject, 2, out value), device, out megahertz);

    public NvmlReturn ThrottleReasons(nint device, out ulong bits) => Get(
        "nvmlDeviceGetCurrentClocksEventReasons", NvmlNative.nvmlDeviceGetCurrentClocksEventReasons, device, out bits,
        "nvmlDeviceGetCurrentClocksThrottleReasons", NvmlNative.nvmlDeviceGetCurrentClocksThrottleReasons);

    public NvmlReturn PcieGeneration(nint device, out uint value) => Get("nvmlDeviceGetCurrPcieLinkGeneration", NvmlNative.nvmlDeviceGetCurrPcieLinkGeneration, device, out value);

    public NvmlReturn PcieWidth(nint device, out uint value) => Get("nvmlDeviceGetCurrPcieLinkWidth", NvmlNative.nvmlDeviceGetCurrPcieLinkWidth, device, out value);

    public NvmlReturn PcieMaxGeneration(nint device, out uint value) => Get("nvmlDeviceGetMaxPcieLinkGeneration", NvmlNative.nvmlDeviceGetMaxPcieLinkGeneration, device, out value);

    public NvmlReturn PcieMaxWidth(nint device, out uint value) => Get("nvmlDeviceGetMaxPcieLinkWidth", NvmlNative.nvmlDeviceGetMaxPcieLinkWidth, device, out value);

    /// <summary>Errors that could not be corrected since the driver was loaded.</summary>
    public NvmlReturn UncorrectedEcc(nint device, out ulong count) => Get(
        "nvmlDeviceGetTotalEccErrors", static (subject, out value) => NvmlNative.nvmlDeviceGetTotalEccErrors(subject, 1, 0, out value), device, out count);

    public NvmlReturn RemappedRows(nint device, out RemappedRows rows) => Get(
        "nvmlDeviceGetRemappedRows",
        static (nint subject, out RemappedRows value) =>
        {
            var code = NvmlNative.nvmlDeviceGetRemappedRows(subject, out var correctable, out var uncorrectable, out var pending, out var failure);
            value = new(correctable, uncorrectable, pending != 0, failure != 0);
            return code;
        },
        device,
        out rows);

    public NvmlReturn Mig(nint device, out uint current) => Get(
        "nvmlDeviceGetMigMode", static (subject, out value) => NvmlNative.nvmlDeviceGetMigMode(subject, out value, out _), device, out current);

    public NvmlReturn ComputeCapability(nint device, out (int Major, int Minor) value) => Get(
        "nvmlDeviceGetCudaComputeCapability",
        static (nint subject, out (int Major, int Minor) found) =>
        {
            var code = NvmlNative.nvmlDeviceGetCudaComputeCapability(subject, out var major, out var minor);
            found = (major, minor);
            return code;
        },
        device,
        out value);

    /// <summary>How far apart two devices are on the PCI tree: 0 the same board, 10 and 20 behind switches, 30 one host bridge, 40 one NUMA node, 50 further.</summary>
    public NvmlReturn CommonAncestor(nint left, nint right, out int level) => Get(
        "nvmlDeviceGetTopologyCommonAncestor", (subject, out value) => NvmlNative.nvmlDeviceGetTopologyCommonAncestor(subject, right, out value), left, out level);

    /// <summary>Whether two devices reach each other by NVLink.</summary>
    public NvmlReturn NvLink(nint left, nint right, out bool linked)
    {
        const int NvLinkCapability = 2;
        var code = Get("nvmlDeviceGetP2PStatus", (subject, out value) => NvmlNative.nvmlDeviceGetP2PStatus(subject, right, NvLinkCapability, out value), left, out int status);
        linked = code == NvmlReturn.Success && status == 0;
        return code;
    }

    public unsafe NvmlReturn ComputeProcesses(nint device, List<NvmlProcessInfo> found) => Processes(
        "nvmlDeviceGetComputeRunningProcesses_v3", NvmlNative.nvmlDeviceGetComputeRunningProcesses_v3,
        "nvmlDeviceGetComputeRunningProcesses_v2", NvmlNative.nvmlDeviceGetComputeRunningProcesses_v2, device, found);

    public unsafe NvmlReturn GraphicsProcesses(nint device, List<NvmlProcessInfo> found) => Processes(
        "nvmlDeviceGetGraphicsRunningProcesses_v3", NvmlNative.nvmlDeviceGetGraphicsRunningProcesses_v3,
        "nvmlDeviceGetGraphicsRunningProcesses_v2", NvmlNative.nvmlDeviceGetGraphicsRunningProcesses_v2, device, found);

    public NvmlReturn CreateEventSet(out nint set) => Get("nvmlEventSetCreate", static (_, out value) => NvmlNative.nvmlEventSetCreate(out value), 0, out set);

    public NvmlReturn SupportedEvents(nint device, out ulong types) => Get("nvmlDeviceGetSupportedEventTypes", NvmlNative.nvmlDeviceGetSupportedEventTypes, device, out types);

    public NvmlReturn RegisterEvents(nint device, ulong types, nint set) => First("nvmlDeviceRegisterEvents", () => NvmlNative.nvmlDeviceRegisterEvents(device, types, set));

    public NvmlReturn WaitForEvent(nint set, uint timeoutMs, out NvmlEventData data) => Get(
        "nvmlEventSetWait_v2", (subject, out value) => NvmlNative.nvmlEventSetWait_v2(subject, out value, timeoutMs), set, out data,
        "nvmlEventSetWait", (subject, out value) => NvmlNative.nvmlEventSetWait(subject, out value, timeoutMs));

    public NvmlReturn FreeEventSet(nint set) => First("nvmlEventSetFree", () => NvmlNative.nvmlEventSetFree(set));

    private unsafe NvmlReturn Processes(string name, ProcessGetter call, string olderName, ProcessGetter older, nint device, List<NvmlProcessInfo> found)
    {
        // The number can grow between asking for it and reading: once more room, then what there is counts as unknown.
        uint room = 64;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var buffer = new NvmlProcessInfo[room];
            var count = room;
            NvmlReturn code;
            fixed (NvmlProcessInfo* at = buffer)
            {
                var pointer = (nint)at;
                code = First(
                    name, () => call(device, ref count, (NvmlProcessInfo*)pointer), olderName, () => older(device, ref count, (NvmlProcessInfo*)pointer));
            }

            if (code == NvmlReturn.Success)
            {
                found.AddRange(buffer.AsSpan(0, (int)Math.Min(count, room)));
                return code;
            }

            if (code != NvmlReturn.InsufficientSize || count is 0 or > MaxProcesses) return code;
            room = count + 16;
        }

        return NvmlReturn.InsufficientSize;
    }

    private NvmlReturn Text(string name, TextGetter call, nint subject, out string text)
    {
        var buffer = new byte[TextBytes];
        var code = First(name, () => call(subject, ref buffer[0], TextBytes));
        var end = Array.IndexOf(buffer, (byte)0);
        text = code == NvmlReturn.Success ? Encoding.UTF8.GetString(buffer, 0, end < 0 ? TextBytes : end) : "";
        return code;
    }

    private NvmlReturn Get<T>(string name, Getter<T> call, nint subject, out T value, string? olderName = null, Getter<T>? older = null)
        where T : unmanaged
    {
        T read = default;
        var code = First(name, () => call(subject, out read), olderName, older is null ? null : () => older(subject, out read));
        value = code == NvmlReturn.Success ? read : default;
        return code;
    }

    private NvmlReturn First(string name, Func<int> call, string? olderName = null, Func<int>? older = null)
    {
        var code = Try(name, call);
        return code == NvmlReturn.FunctionNotFound && olderName is not null && older is not null ? Try(olderName, older) : code;
    }

    private NvmlReturn Try(string name, Func<int> call)
    {
        if (_absent.Contains(name)) return NvmlReturn.FunctionNotFound;
        step.Enter(name);
        try
        {
            return (NvmlReturn)call();
        }
        catch (EntryPointNotFoundException)
        {
            _absent.Add(name);
            return NvmlReturn.FunctionNotFound;
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            return NvmlReturn.LibraryNotFound;
        }
        finally
        {
            step.Leave();
        }
    }
}

/// <summary>Memory rows that the card replaced by spare ones.</summary>
/// <param name="Correctable">Replaced because of errors that could still be corrected.</param>
/// <param name="Uncorrectable">Replaced because of errors that could not.</param>
/// <param name="IsPending">A replacement waits for the next reset.</param>
/// <param name="HasFailed">No spare row was left.</param>
public readonly record struct RemappedRows(uint Correctable, uint Uncorrectable, bool IsPending, bool HasFailed);
