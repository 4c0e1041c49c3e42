using System.Globalization;

namespace ProviderAgent.Workloads;

/// <summary>Limits that the host puts on its processes, and so on what a container can be given.</summary>
internal static class HostLimits
{
    /// <summary>Hard limit of open files of this process; the largest number when there is none or it cannot be read.</summary>
    public static long OpenFiles { get; } = Read("/proc/self/limits");

    private static long Read(string file)
    {
        const string name = "Max open files";
        var line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) : null;
        // Columns: name, soft, hard, unit.
        var hard = line?[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(1);
        return long.TryParse(hard, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : long.MaxValue;
    }
}
