using ProviderAgent.Docker.Models;

namespace ProviderAgent.Workloads;

/// <summary>Finds out whether an engine can hand out a device by CDI under its UUID.</summary>
internal static class CdiCatalog
{
    private const int MaxFileBytes = 1 << 20;
    private const int MaxFiles = 64;

    /// <summary>Whether the engine says that it looks for CDI files, and one of them, or the engine itself, names the device.</summary>
    /// <remarks>Files that only know devices by number are of no use: a number can mean another device after a restart.</remarks>
    public static bool Offers(SystemInfoResponse info, string uuid)
    {
        if (info.DiscoveredDevices.Any(device => device.Source == "cdi" && device.ID == $"{GpuRequests.CdiKind}={uuid}")) return true;
        return info.CDISpecDirs.Where(Directory.Exists).SelectMany(Files).Any(file => Names(file, uuid));
    }

    private static IEnumerable<string> Files(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder).Where(file => Path.GetExtension(file) is ".json" or ".yaml" or ".yml").Order(StringComparer.Ordinal).Take(MaxFiles)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Both forms, JSON and YAML, write the kind and the names in plain letters, and a UUID is nothing that stands there by chance.</summary>
    private static bool Names(string file, string uuid)
    {
        try
        {
            if (new FileInfo(file).Length > MaxFileBytes) return false;
            var isKind = false;
            var isNamed = false;
            foreach (var line in File.ReadLines(file))
            {
                isKind |= Value(line, "kind", GpuRequests.CdiKind);
                isNamed |= Value(line, "name", uuid);
            }

            return isKind && isNamed;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>True for <c>name: X</c>, <c>- name: "X"</c> and <c>"name": "X",</c>, also where JSON puts several of them on one line.</summary>
    private static bool Value(string line, string key, string value)
    {
        for (var at = line.IndexOf(value, StringComparison.Ordinal); at >= 0; at = line.IndexOf(value, at + 1, StringComparison.Ordinal))
        {
            var end = at + value.Length;
            if (end < line.Length && (char.IsAsciiLetterOrDigit(line[end]) || line[end] is '-' or '/' or '_')) continue;
            var before = line[..at].TrimEnd().TrimEnd('"', '\'').TrimEnd();
            if (before.EndsWith(':') && before[..^1].TrimEnd().TrimEnd('"', '\'').EndsWith(key, StringComparison.Ordinal)) return true;
        }

        return false;
    }
}
