using System.Globalization;
using System.Text;

namespace ProviderAgent.Workloads;

/// <summary>One mount as the kernel lists it.</summary>
/// <param name="Device">Major and minor number: <c>7:3</c>.</param>
/// <param name="Root">What of the file system is mounted.</param>
/// <param name="Point">Where.</param>
/// <param name="Type">For example <c>ext4</c>.</param>
/// <param name="Options">Of the file system itself, separated by commas.</param>
internal sealed record MountEntry(string Device, string Root, string Point, string Type, string Options);

/// <summary>What is mounted where, as this process sees it.</summary>
internal static class MountTable
{
    public static IReadOnlyList<MountEntry> Read() => Parse(File.ReadLines("/proc/self/mountinfo"));

    /// <summary>Reads lines of mountinfo; what is malformed is left out.</summary>
    public static IReadOnlyList<MountEntry> Parse(IEnumerable<string> lines)
    {
        var entries = new List<MountEntry>();
        foreach (var line in lines)
        {
            // 36 35 98:0 /root /point rw,noatime shared:1 - ext4 /dev/vda rw: the optional fields end at the dash.
            var part = line.Split(' ');
            var dash = Array.IndexOf(part, "-", Math.Min(6, part.Length));
            if (dash < 0 || part.Length < dash + 4) continue;
            entries.Add(new(part[2], Plain(part[3]), Plain(part[4]), part[dash + 1], part[dash + 3]));
        }

        return entries;
    }

    /// <summary>The mount that a path lies on: the last one whose point is the path or above it.</summary>
    public static MountEntry? Of(string path, IEnumerable<MountEntry> mounts) => mounts
        .Where(mount => mount.Point == "/" || path == mount.Point || path.StartsWith(mount.Point + "/", StringComparison.Ordinal))
        .Select((mount, index) => (mount, index))
        .OrderBy(pair => pair.mount.Point.Length).ThenBy(pair => pair.index)
        .LastOrDefault().mount;

    // Blanks, tabs, line feeds and backslashes are written as \ooo.
    private static string Plain(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal)) return text;
        var bytes = new List<byte>(text.Length);
        var raw = Encoding.UTF8.GetBytes(text);
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] == '\\' && i + 3 < raw.Length && byte.TryParse(Octal(raw.AsSpan(i + 1, 3)), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            {
                bytes.Add(value);
                i += 3;
            }
            else bytes.Add(raw[i]);
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static string Octal(ReadOnlySpan<byte> digits)
    {
        var value = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7') return "";
            value = value * 8 + digit - '0';
        }

        return value.ToString(CultureInfo.InvariantCulture);
    }
}
