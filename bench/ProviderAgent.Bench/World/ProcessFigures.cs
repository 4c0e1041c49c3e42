using System.Globalization;

namespace ProviderAgent.Bench.World;

/// <summary>What the kernel says of a process.</summary>
internal static class ProcessFigures
{
    private const double KibPerMib = 1024;

    // USER_HZ, the unit of processor times in /proc; 100 on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>Memory that is mapped in, with pages shared with others counted in full and in part, and what is its own, in MiB.</summary>
    public static (double Rss, double Pss, double Private) Memory(int pid)
    {
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines($"/proc/{pid}/smaps_rollup").Skip(1))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            values[words[0].TrimEnd(':')] = double.Parse(words[1], CultureInfo.InvariantCulture) / KibPerMib;
        }

        return (values["Rss"], values["Pss"], values["Private_Clean"] + values["Private_Dirty"]);
    }

    /// <summary>Processor time of all its threads, in user and kernel, and of children that have ended, in seconds.</summary>
    public static double ProcessorSeconds(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' '); // from field 3 on; the name before may hold anything
        return fields[11..15].Sum(field => double.Parse(field, CultureInfo.InvariantCulture)) / TicksPerSecond;
    }
}
