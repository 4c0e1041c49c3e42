namespace ProviderAgent.Inventory;

/// <summary>What a call of the vendor's library answers. Values are the library's; the last ones are ours.</summary>
public enum NvmlReturn
{
    Success = 0,
    Uninitialized = 1,
    InvalidArgument = 2,
    NotSupported = 3,
    NoPermission = 4,
    NotFound = 6,
    InsufficientSize = 7,
    DriverNotLoaded = 9,
    Timeout = 10,
    LibraryNotFound = 12,
    FunctionNotFound = 13,
    GpuIsLost = 15,
    ResetRequired = 16,
    LibRmVersionMismatch = 18,
    NoData = 21,
    ArgumentVersionMismatch = 25,
    GpuNotFound = 28,
    Unknown = 999,
}

/// <summary>What follows from an answer.</summary>
internal static class NvmlReturns
{
    /// <summary>The device itself failed, not the question: it is no longer to be trusted.</summary>
    public static bool IsDeviceFault(this NvmlReturn code) =>
        code is NvmlReturn.GpuIsLost or NvmlReturn.ResetRequired or NvmlReturn.GpuNotFound or NvmlReturn.Unknown;

    /// <summary>The library has no driver to talk to any more: it is begun anew.</summary>
    public static bool IsLibraryFault(this NvmlReturn code) =>
        code is NvmlReturn.Uninitialized or NvmlReturn.DriverNotLoaded or NvmlReturn.LibraryNotFound or NvmlReturn.LibRmVersionMismatch;

    /// <summary>For people.</summary>
    public static string Text(this NvmlReturn code) => code switch
    {
        NvmlReturn.Success => "success",
        NvmlReturn.NotSupported => "not supported",
        NvmlReturn.NoPermission => "no permission",
        NvmlReturn.DriverNotLoaded => "the NVIDIA driver is not loaded",
        NvmlReturn.LibraryNotFound => $"{NvmlNative.Library} is missing: install the NVIDIA driver",
        NvmlReturn.FunctionNotFound => "the library lacks this function",
        NvmlReturn.GpuIsLost => "the GPU is lost: it has fallen off the bus",
        NvmlReturn.ResetRequired => "the GPU requires a reset",
        NvmlReturn.LibRmVersionMismatch => "the driver was upgraded under the running kernel module: reboot, or reload the module",
        NvmlReturn.GpuNotFound => "the GPU was not found",
        NvmlReturn.Unknown => "unknown error of the driver",
        _ => $"code {(int)code}",
    };
}
