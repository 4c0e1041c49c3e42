using System.Globalization;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>What the owner keeps at a moment: the standing amounts, and more of them in the windows of the schedule. Pure.</summary>
internal static class KeepPlan
{
    public static readonly string[] DayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    /// <summary>The amounts that are kept now.</summary>
    public static (MilliCpu Cpu, ByteSize Memory, ByteSize Storage) Amounts(KeepOptions keep, DateTimeOffset now)
    {
        var (cpu, memory) = (keep.Cpu, keep.Memory);
        foreach (var window in keep.Schedule.Where(window => IsOpen(window, now)))
        {
            if (window.Cpu > cpu) cpu = window.Cpu;
            if (window.Memory > memory) memory = window.Memory;
        }

        return (cpu, memory, keep.Storage);
    }

    /// <summary>The GPUs that are kept now, as they are written in the configuration.</summary>
    public static IEnumerable<string> Gpus(KeepOptions keep, DateTimeOffset now) =>
        keep.Gpus.Concat(keep.Schedule.Where(window => IsOpen(window, now)).SelectMany(window => window.Gpus)).Distinct(StringComparer.Ordinal);

    /// <summary>Whether the owner's time is now. A window that cannot be read is never open: the validator has refused it.</summary>
    public static bool IsOpen(KeepWindow window, DateTimeOffset now)
    {
        if (!TryTime(window.From, out var from) || !TryTime(window.Until, out var until) || !TimeZoneInfo.TryFindSystemTimeZoneById(window.Zone, out var zone)) return false;
        var local = TimeZoneInfo.ConvertTime(now, zone);
        var clock = TimeOnly.FromTimeSpan(local.TimeOfDay);
        if (from < until) return clock >= from && clock < until && IsDay(window, local.DayOfWeek);

        // Over midnight: its second half belongs to the day on which it began.
        return clock >= from ? IsDay(window, local.DayOfWeek) : clock < until && IsDay(window, (DayOfWeek)(((int)local.DayOfWeek + 6) % 7));
    }

    public static bool TryTime(string text, out TimeOnly time) => TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);

    private static bool IsDay(KeepWindow window, DayOfWeek day) => window.Days.Count == 0 || window.Days.Contains(DayNames[(int)day], StringComparer.OrdinalIgnoreCase);
}
