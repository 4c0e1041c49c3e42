using System.Runtime.InteropServices;

namespace ProviderAgent.Inventory;

/// <summary>The vendor's library as it exports itself. Names, argument order and layouts are those of its published C interface.</summary>
/// <remarks>Nothing is loaded before the first call. Each call can hang in the kernel for good: only the probe's own process makes them.</remarks>
internal static unsafe partial class NvmlNative
{
    /// <summary>Comes with the driver.</summary>
    public const string Library = "libnvidia-ml.so.1";

    [LibraryImport(Library)]
    public static partial int nvmlInit_v2();

    [LibraryImport(Library)]
    public static partial int nvmlInit();

    [LibraryImport(Library)]
    public static partial int nvmlShutdown();

    [LibraryImport(Library)]
    public static partial int nvmlSystemGetDriverVersion(ref byte version, uint length);

    [LibraryImport(Library)]
    public static partial int nvmlSystemGetNVMLVersion(ref byte version, uint length);

    [LibraryImport(Library)]
    public static partial int nvmlSystemGetCudaDriverVersion_v2(out int version);

    [LibraryImport(Library)]
    public static partial int nvmlSystemGetCudaDriverVersion(out int version);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetCount_v2(out uint count);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetCount(out uint count);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetHandleByIndex_v2(uint index, out nint device);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetHandleByIndex(uint index, out nint device);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetName(nint device, ref byte name, uint length);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetUUID(nint device, ref byte uuid, uint length);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetSerial(nint device, ref byte serial, uint length);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetMinorNumber(nint device, out uint minor);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetPciInfo_v3(nint device, out NvmlPciInfo pci);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetPciInfo_v2(nint device, out NvmlPciInfo pci);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetMemoryInfo_v2(nint device, ref NvmlMemoryV2 memory);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetMemoryInfo(nint device, out NvmlMemory memory);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetUtilizationRates(nint device, out NvmlUtilization rates);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetPowerUsage(nint device, out uint milliwatts);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetEnforcedPowerLimit(nint device, out uint milliwatts);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetPowerManagementLimit(nint device, out uint milliwatts);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetTotalEnergyConsumption(nint device, out ulong millijoules);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetTemperature(nint device, int sensor, out uint celsius);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetTemperatureThreshold(nint device, int threshold, out uint celsius);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetClockInfo(nint device, int clock, out uint megahertz);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetCurrentClocksEventReasons(nint device, out ulong reasons);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetCurrentClocksThrottleReasons(nint device, out ulong reasons);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetCurrPcieLinkGeneration(nint device, out uint generation);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetCurrPcieLinkWidth(nint device, out uint lanes);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetMaxPcieLinkGeneration(nint device, out uint generation);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetMaxPcieLinkWidth(nint device, out uint lanes);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetTotalEccErrors(nint device, int error, int counter, out ulong count);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetRemappedRows(nint device, out uint correctable, out uint uncorrectable, out uint pending, out uint failure);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetComputeRunningProcesses_v3(nint device, ref uint count, NvmlProcessInfo* processes);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetComputeRunningProcesses_v2(nint device, ref uint count, NvmlProcessInfo* processes);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetGraphicsRunningProcesses_v3(nint device, ref uint count, NvmlProcessInfo* processes);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetGraphicsRunningProcesses_v2(nint device, ref uint count, NvmlProcessInfo* processes);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetMigMode(nint device, out uint current, out uint pending);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetCudaComputeCapability(nint device, out int major, out int minor);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetTopologyCommonAncestor(nint left, nint right, out int level);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetP2PStatus(nint left, nint right, int capability, out int status);

    [LibraryImport(Library)]
    public static partial int nvmlEventSetCreate(out nint set);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceGetSupportedEventTypes(nint device, out ulong types);

    [LibraryImport(Library)]
    public static partial int nvmlDeviceRegisterEvents(nint device, ulong types, nint set);

    [LibraryImport(Library)]
    public static partial int nvmlEventSetWait_v2(nint set, out NvmlEventData data, uint timeoutMs);

    [LibraryImport(Library)]
    public static partial int nvmlEventSetWait(nint set, out NvmlEventData data, uint timeoutMs);

    [LibraryImport(Library)]
    public static partial int nvmlEventSetFree(nint set);
}
