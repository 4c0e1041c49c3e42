using System.Text;

namespace ProviderAgent.Inventory;

/// <summary>Reads the small text files of <c>/proc</c> and <c>/sys</c> below a root that tests can move.</summary>
internal sealed class HostFiles(string root)
{
    // The longest file looked at is cpuinfo, of which the first processor is enough.
    private const int MaxBytes = 64 * 1024;

    // More devices than any machine has.
    private const int MaxEntries = 4096;

    /// <summary>The first 64 KiB of a file; null when it does not exist or may not be seen.</summary>
    /// <param name="path">Absolute path, for example <c>/proc/meminfo</c>.</param>
    /// <exception cref="HostProbeException">It is there but cannot be read.</exception>
    public string? TryRead(string path)
    {
        try
        {
            using var file = new FileStream(root + path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            var buffer = new byte[MaxBytes];
            var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return Encoding.UTF8.GetString(buffer, 0, length);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return null;
        }
        catch (IOException e)
        {
            throw new HostProbeException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Names in a folder, at most 4096; none when it does not exist or may not be seen.</summary>
    public IReadOnlyList<string> List(string path)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(root + path).Take(MaxEntries).Select(Path.GetFileName).OfType<string>()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Last part of what a link points to; null when there is no such link.</summary>
    public string? LinkName(string path)
    {
        try
        {
            return new FileInfo(root + path).LinkTarget is { } target ? Path.GetFileName(target) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <exception cref="HostProbeException">The file is missing or cannot be read.</exception>
    public string Read(string path) => TryRead(path) ?? throw new HostProbeException($"{path} is missing or may not be read: is /proc mounted?");

    /// <summary>The text after <c>name:</c> in a file of such lines; null when there is no such line.</summary>
    public static string? Field(string text, string name)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var colon = line.IndexOf(':');
            if (colon > 0 && line[..colon].Trim().Equals(name, StringComparison.Ordinal)) return line[(colon + 1)..].Trim().ToString();
        }

        return null;
    }
}
