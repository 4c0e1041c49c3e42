using System.Globalization;

namespace ProviderAgent.Inventory;

/// <summary>What speaks against selling a device, as it describes itself. Pure. Values that cannot be are refused here and go no further.</summary>
internal static class GpuHealthRules
{
    // Beyond these no card exists; what is above was misread, or is the library's "not available".
    private const ulong MinMemory = 128UL << 20;
    private const ulong MaxMemory = 4UL << 40;
    private const uint MaxCelsius = 150;
    private const uint MaxMilliwatts = 10_000_000;

    // Bits of the reasons why clocks are lowered: by the card's own protection, not by a limit that the operator set.
    private const ulong HardwareThermal = 0x40;
    private const ulong PowerBrake = 0x80;

    /// <summary>Everything that speaks against it, the weightiest first.</summary>
    /// <param name="reading">What it says.</param>
    /// <param name="baselineEcc">Uncorrectable errors when it was last found well; null before.</param>
    public static IReadOnlyList<GpuComplaint> Check(GpuReading reading, ulong? baselineEcc) =>
        [.. Complaints(reading, baselineEcc).OrderByDescending(complaint => complaint.Weight)];

    /// <summary>Memory in bytes when it can be true; zero otherwise.</summary>
    public static long AcceptedMemory(ulong? bytes) => bytes is >= MinMemory and <= MaxMemory ? (long)bytes.Value : 0;

    /// <summary>Power when it can be true; null otherwise.</summary>
    public static uint? AcceptedPower(uint? milliwatts) => milliwatts is > 0 and <= MaxMilliwatts ? milliwatts : null;

    private static IEnumerable<GpuComplaint> Complaints(GpuReading reading, ulong? baselineEcc)
    {
        if (reading.Fault is NvmlReturn.GpuIsLost or NvmlReturn.GpuNotFound) yield return new(Weight.Lost, reading.Fault.Text());
        else if (reading.Fault != NvmlReturn.Success) yield return new(Weight.Rest, $"{reading.FaultCall}: {reading.Fault.Text()}");
        if (reading.Fault != NvmlReturn.Success) yield break; // the rest is not worth reading

        if (reading.MemoryTotal is not { } memory) yield return new(Weight.Rest, "its memory size is not known");
        else if (AcceptedMemory(memory) == 0) yield return Impossible("memory", memory, "bytes");
        else if (reading.MemoryUsed is { } used && used > memory) yield return Impossible("used memory", used, string.Create(CultureInfo.InvariantCulture, $"of {memory} bytes"));
        if (reading.TemperatureCelsius is { } celsius)
        {
            if (celsius > MaxCelsius) yield return Impossible("temperature", celsius, "°C");
            else if (reading.SlowdownCelsius is > 0 and <= MaxCelsius and var limit && celsius >= limit) yield return new(Weight.Rest, Line($"too hot: {celsius} °C, it slows down at {limit} °C"));
        }

        if (reading.PowerMilliwatts is > MaxMilliwatts and var power) yield return Impossible("power", power, "mW");
        if (reading.UtilizationPercent is > 100 and var load) yield return Impossible("utilisation", load, "%");
        if (reading.ThrottleReasons is { } throttle && throttle != ulong.MaxValue)
        {
            if ((throttle & HardwareThermal) != 0) yield return new(Weight.Rest, "slowed down by its thermal protection: check the cooling");
            if ((throttle & PowerBrake) != 0) yield return new(Weight.Rest, "slowed down by the power brake: check the power supply");
        }

        if (reading.RemappedRows is { HasFailed: true }) yield return new(Weight.Quarantine, "a memory row could not be remapped: replace the card");
        if (reading.RemappedRows is { IsPending: true }) yield return new(Weight.Rest, "a memory row waits to be remapped: reset the GPU or reboot");
        if (reading.UncorrectedEcc is { } ecc && ecc != ulong.MaxValue && baselineEcc is { } before && ecc > before)
            yield return new(Weight.Quarantine, Line($"{ecc - before} new uncorrectable memory errors"));
        if (reading is { PcieWidth: > 0 and var width, PcieMaxWidth: > 0 and <= 64 and var widest } && width * 2 < widest)
            yield return new(Weight.Rest, Line($"its PCIe link runs at x{width} of x{widest}: check seat, riser and slot"));
        if (reading.MigEnabled == true) yield return new(Weight.Rest, "MIG is on: slices are not sold; switch it off with 'nvidia-smi -mig 0' to sell the whole card");
        if (reading.KernelDriver is { } driver && driver != "nvidia") yield return new(Weight.Rest, $"bound to the kernel driver '{driver}', not to nvidia");
    }

    private static GpuComplaint Impossible(string what, ulong value, string unit) =>
        new(Weight.Refuse, string.Create(CultureInfo.InvariantCulture, $"reports impossible {what}: {value} {unit}"));

    private static string Line(FormattableString text) => FormattableString.Invariant(text);
}
