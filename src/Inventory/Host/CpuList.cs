using System.Globalization;

namespace ProviderAgent.Inventory;

/// <summary>The kernel's notation for a set of processors, for example <c>0-3,8</c>.</summary>
internal static class CpuList
{
    // The kernel's own ceiling (NR_CPUS) on the platforms that .NET runs on.
    private const int MaxCpus = 8192;

    /// <exception cref="HostProbeException">The text is not such a list, or names a processor above 8191.</exception>
    public static HashSet<int> Parse(string text, string source)
    {
        var cpus = new HashSet<int>();
        foreach (var part in text.Trim().Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var bounds = part.Split('-');
            if (bounds.Length > 2 || !TryNumber(bounds[0], out var first) || !TryNumber(bounds[^1], out var last) || first > last)
                throw new HostProbeException($"{source} holds '{Shorten(text)}', which is not a list of processors");
            for (var cpu = first; cpu <= last; cpu++) cpus.Add(cpu);
        }

        return cpus;
    }

    private static bool TryNumber(string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value < MaxCpus;

    private static string Shorten(string text) => text.Length > 60 ? text[..60] + "…" : text.Trim();
}
