using System.Text;

namespace ProviderAgent.Metering;

/// <summary>A mounted cgroup hierarchy.</summary>
/// <param name="Folder">Where it is mounted.</param>
/// <param name="Root">Which part of the hierarchy is mounted there; <c>/</c> for all of it.</param>
internal sealed record CgroupMount(string Folder, string Root);

/// <summary>Where the hierarchies of this host are mounted: version 1 by controller, version 2 as one.</summary>
/// <remarks>
/// A host may have both (the unified hierarchy without controllers beside version 1), so each controller is looked up by itself. The line
/// <c>0::</c> in a process's cgroup file is there in both cases and proves nothing.
/// </remarks>
/// <param name="ByController">Version 1 hierarchies.</param>
/// <param name="Unified">The version 2 hierarchy; null when it is not mounted.</param>
internal sealed record CgroupMounts(IReadOnlyDictionary<string, CgroupMount> ByController, CgroupMount? Unified)
{
    // A host with a thousand containers has some thousand mounts of at most a few hundred bytes each.
    private const int MaxBytes = 4 << 20;

    /// <summary>Reads <c>/proc/self/mountinfo</c> below <paramref name="root"/>.</summary>
    /// <exception cref="MeteringUnavailableException">It cannot be read, or no hierarchy is mounted.</exception>
    public static CgroupMounts Read(string root)
    {
        var path = Path.Join(root, "/proc/self/mountinfo");
        return new SmallFile(MaxBytes).TryRead(path, out var text) == FileState.Read
            ? Parse(Encoding.UTF8.GetString(text))
            : throw new MeteringUnavailableException($"{path} cannot be read or is longer than {MaxBytes} bytes; usage cannot be measured without it");
    }

    /// <inheritdoc cref="Read"/>
    internal static CgroupMounts Parse(string text)
    {
        var byController = new Dictionary<string, CgroupMount>(StringComparer.Ordinal);
        CgroupMount? unified = null;
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // id parent device root folder options [tags…] - type source super-options
            var halves = line.Split(" - ", 2);
            var left = halves[0].Split(' ');
            var right = halves.Length == 2 ? halves[1].Split(' ') : [];
            if (left.Length < 6 || right.Length < 3) continue;
            var mount = new CgroupMount(Unescape(left[4]), Unescape(left[3]));
            if (right[0] == "cgroup2") unified ??= mount;
            if (right[0] != "cgroup") continue;
            foreach (var option in right[2].Split(',')) byController.TryAdd(option, mount);
        }

        return byController.Count > 0 || unified is not null
            ? new(byController, unified)
            : throw new MeteringUnavailableException("no cgroup hierarchy is mounted; mount one on /sys/fs/cgroup");
    }

    /// <summary>The kernel writes blanks, tabs, line ends and backslashes as three octal digits.</summary>
    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal)) return text;
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length && IsOctal(text, i + 1))
            {
                plain.Append((char)(((text[i + 1] - '0') << 6) | ((text[i + 2] - '0') << 3) | (text[i + 3] - '0')));
                i += 3;
            }
            else
            {
                plain.Append(text[i]);
            }
        }

        return plain.ToString();
    }

    private static bool IsOctal(string text, int at) => text.AsSpan(at, 3).IndexOfAnyExceptInRange('0', '7') < 0;
}
