using System.Diagnostics;
using System.Text;

namespace ProviderAgent.Manifests.Tests.Hostile;

/// <summary>Runs the parsers in a process of its own: a stack overflow or a lack of memory cannot be caught, it ends the process.</summary>
internal static class ParserProcess
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <summary>The child: reads every <c>NUMBER.sdl</c> and <c>NUMBER.manifest</c> of a folder and prints for each its number and the refusal.</summary>
    public static int Main(string[] args)
    {
        foreach (var file in Directory.EnumerateFiles(args[0]).OrderBy(Number))
        {
            Console.WriteLine($"{Number(file)}\t{Parse(file).ReplaceLineEndings(" ")}");
            Console.Out.Flush();
        }

        return 0;
    }

    /// <summary>The child's answer to each input, in order.</summary>
    /// <exception cref="InvalidOperationException">The child crashed or did not end; the message names the input that it was at.</exception>
    public static async Task<IReadOnlyList<string>> ParseAsync(IReadOnlyList<(string Parser, byte[] Input)> inputs)
    {
        using var folder = new TempFolder();
        for (var i = 0; i < inputs.Count; i++) await File.WriteAllBytesAsync(folder.File($"{i}.{inputs[i].Parser}"), inputs[i].Input);
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 };
        string[] arguments = ["exec", typeof(ParserProcess).Assembly.Location, folder.Path];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x10000000"; // 256 MiB: no input may need more
        using var child = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(Deadline, TimeProvider.System);
        var errors = child.StandardError.ReadToEndAsync(deadline.Token);
        var answers = new List<string>();
        try
        {
            while (await child.StandardOutput.ReadLineAsync(deadline.Token) is { } line) answers.Add(line[(line.IndexOf('\t', StringComparison.Ordinal) + 1)..]);
            await child.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            child.Kill();
            throw new InvalidOperationException($"the parser did not end with input {answers.Count}");
        }

        return child.ExitCode == 0 && answers.Count == inputs.Count
            ? answers
            : throw new InvalidOperationException($"the parser crashed with input {answers.Count}, exit code {child.ExitCode}: {await errors}");
    }

    private static string Parse(string file)
    {
        var bytes = File.ReadAllBytes(file);
        try
        {
            if (Path.GetExtension(file) == ".sdl") SdlReader.Read(bytes);
            else CanonicalManifest.Hash(ManifestDecoder.Decode(bytes));
            return "accepted";
        }
        catch (Exception e) when (e is SdlException or ManifestException)
        {
            return $"refused: {e.Message}";
        }
    }

    private static int Number(string file) => int.Parse(Path.GetFileNameWithoutExtension(file), System.Globalization.CultureInfo.InvariantCulture);
}
