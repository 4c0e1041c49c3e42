using System.Diagnostics;
using System.Globalization;

namespace ProviderAgent.TestKit;

/// <summary>A small file system of its own, for tests that fill a disk. Needs root; unmounted at the end.</summary>
public sealed class TmpfsFolder : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <param name="bytes">Size of the file system.</param>
    public TmpfsFolder(long bytes) =>
        Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={bytes}"), "tmpfs", _folder.Path);

    public string Path => _folder.Path;

    /// <summary>Writes a file until nothing more fits.</summary>
    public void Fill(string name)
    {
        using var file = new FileStream(System.IO.Path.Combine(Path, name), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[512];
        try
        {
            while (true) file.Write(block);
        }
        catch (IOException)
        {
            // Full, as wanted.
        }
    }

    public void Dispose()
    {
        Run("umount", "--lazy", _folder.Path);
        _folder.Dispose();
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{program} did not start");
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error}");
    }
}
