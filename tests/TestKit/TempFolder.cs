using System.Diagnostics;

namespace ProviderAgent.TestKit;

/// <summary>A folder of its own for one test, removed at the end.</summary>
public sealed class TempFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("provider-agent-test-");

    public string Path => _folder.FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>A program in the folder.</summary>
    /// <remarks>Another process writes it: had this one it open for writing, so would whatever another test starts at that moment, and the program could not be run ("Text file busy").</remarks>
    public string Program(string name, string text)
    {
        var path = File(name);
        using var writer = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "cat >\"$0\" && chmod 0700 \"$0\"", path]) { RedirectStandardInput = true }) ?? throw new InvalidOperationException("no shell");
        writer.StandardInput.Write(text);
        writer.StandardInput.Close();
        writer.WaitForExit();
        return writer.ExitCode == 0 ? path : throw new InvalidOperationException($"{path} could not be written");
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
