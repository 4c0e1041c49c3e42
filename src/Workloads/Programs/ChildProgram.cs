using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace ProviderAgent.Workloads;

/// <summary>What a program left behind.</summary>
/// <param name="ExitCode">As it ended.</param>
/// <param name="Output">The beginning of what it wrote.</param>
/// <param name="Errors">The beginning of its error messages.</param>
/// <param name="IsWhole">Nothing of the output was cut off.</param>
internal sealed record ProgramResult(int ExitCode, string Output, string Errors, bool IsWhole);

/// <summary>Runs another program of this host: in English, with a deadline, and never more of its output than was asked for.</summary>
internal static class ChildProgram
{
    private const int MaxErrorText = 4_096;

    /// <summary>Runs it to its end.</summary>
    /// <param name="start">What to run; its streams are redirected here.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="maxOutput">Characters of its output that are kept.</param>
    /// <param name="within">It is killed after this.</param>
    /// <param name="time">For that.</param>
    /// <param name="ct">Kills it.</param>
    /// <exception cref="Win32Exception">It cannot be run.</exception>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public static async Task<ProgramResult> RunAsync(ProcessStartInfo start, string input, int maxOutput, TimeSpan within, TimeProvider time, CancellationToken ct)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.WorkingDirectory = "/";
        start.Environment["LC_ALL"] = "C";
        using var deadline = new CancellationTokenSource(within, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        using var process = new Process { StartInfo = start };
        process.Start();
        try
        {
            var output = ReadAsync(process.StandardOutput, maxOutput, either.Token);
            var errors = ReadAsync(process.StandardError, MaxErrorText, either.Token);
            await WriteAsync(process, input, either.Token);
            await process.WaitForExitAsync(either.Token);
            var (text, isWhole) = await output;
            return new(process.ExitCode, text, (await errors).Text.Trim(), isWhole);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new TimeoutException($"{start.FileName} did not finish within {within.TotalSeconds:0} s");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static async Task WriteAsync(Process process, string input, CancellationToken ct)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), ct);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // it ended before it had read all: its exit code says why
        }
    }

    /// <summary>Reads to the end, keeping at most so much: a program that writes on must not be held up.</summary>
    private static async Task<(string Text, bool IsWhole)> ReadAsync(StreamReader reader, int most, CancellationToken ct)
    {
        var text = new StringBuilder();
        var part = new char[16 * 1024];
        var isWhole = true;
        while (await reader.ReadAsync(part, ct) is var read and > 0)
        {
            if (read > most - text.Length) isWhole = false;
            text.Append(part, 0, Math.Min(read, most - text.Length));
        }

        return (text.ToString(), isWhole);
    }
}
