using System.ComponentModel;
using System.Diagnostics;

namespace ProviderAgent.Workloads;

/// <summary>Runs one of the system's programs for disks, with a deadline.</summary>
internal sealed class DiskCommand(TimeProvider time)
{
    private const int MaxOutput = 1_024;

    // Debian's users have no /sbin in their path, and a unit may have none at all.
    private static readonly string[] Folders = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];

    /// <summary>Where the program is; null when it is not installed.</summary>
    public static string? Find(string program) => Folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <inheritdoc cref="RunAsync(TimeSpan, string, string[], int[], CancellationToken)"/>
    public Task<string> RunAsync(TimeSpan within, string program, string[] arguments, CancellationToken ct) => RunAsync(within, program, arguments, [], ct);

    /// <summary>Runs it; any exit code but 0 and the allowed ones is a failure.</summary>
    /// <param name="within">It is killed after this.</param>
    /// <param name="program">Its name.</param>
    /// <param name="arguments">Each becomes one argument; none is seen by a shell.</param>
    /// <param name="allowed">Other exit codes that are no failure.</param>
    /// <param name="ct">Kills it.</param>
    /// <returns>What it wrote, trimmed.</returns>
    /// <exception cref="DiskException">It is missing, failed, or took too long.</exception>
    public async Task<string> RunAsync(TimeSpan within, string program, string[] arguments, int[] allowed, CancellationToken ct)
    {
        var path = Find(program) ?? throw new DiskException($"the program {program} is missing: install the packages e2fsprogs, util-linux and coreutils");
        using var deadline = new CancellationTokenSource(within, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        using var process = new Process { StartInfo = new(path, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" } };
        // The messages go into our own, which are in English.
        process.StartInfo.Environment["LC_ALL"] = "C";
        try
        {
            process.Start();
        }
        catch (Win32Exception error)
        {
            throw new DiskException($"{program} cannot be run: {error.Message}", error);
        }

        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(either.Token);
            var errors = process.StandardError.ReadToEndAsync(either.Token);
            await process.WaitForExitAsync(either.Token);
            var (said, failed) = ((await output).Trim(), (await errors).Trim());
            if (process.ExitCode == 0 || allowed.Contains(process.ExitCode)) return said;
            var text = failed.Length > 0 ? failed : said;
            throw new DiskException($"{program} failed: {(text.Length > MaxOutput ? text[..MaxOutput] : text)}");
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new DiskException($"{program} did not finish within {within.TotalSeconds:0} s");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
