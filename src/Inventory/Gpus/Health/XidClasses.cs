namespace ProviderAgent.Inventory;

/// <summary>What follows from an error that a device reported.</summary>
public enum XidClass
{
    /// <summary>The program's own fault: the device is as good as before.</summary>
    Application,

    /// <summary>The device serves its lease on, but is tested before it is sold again.</summary>
    Drain,

    /// <summary>The device is taken out of sale until the operator restores it.</summary>
    Quarantine,
}

/// <summary>Classes of the driver's error numbers ("XID"), as its own plugin for clusters treats them. What is not known counts as serious.</summary>
public static class XidClasses
{
    public static XidClass Of(int code) => code switch
    {
        13 or 31 or 43 or 45 or 68 or 109 => XidClass.Application,
        63 or 94 => XidClass.Drain,
        _ => XidClass.Quarantine,
    };

    /// <summary>For people.</summary>
    public static string Text(int code) => code switch
    {
        13 => "graphics engine exception",
        31 => "memory page fault",
        43 => "reset of a channel",
        45 => "preemptive clean-up",
        48 => "double-bit memory error",
        61 or 62 => "internal firmware halt",
        63 => "memory row remapped, waits for a reset",
        64 => "memory row could not be remapped",
        68 => "video processor exception",
        74 => "NVLink error",
        79 => "fallen off the bus",
        92 => "high rate of single-bit memory errors",
        94 => "contained memory error",
        95 => "uncontained memory error",
        109 => "context switch timed out",
        119 => "GPU system processor timed out",
        120 => "GPU system processor error",
        140 => "unrecovered memory error",
        143 => "initialisation failed",
        >= 144 and <= 150 => "NVLink error",
        154 => "a recovery action is needed",
        _ => "unknown to this version",
    };
}
