using System.ComponentModel;
using System.Diagnostics;

namespace ProviderAgent.Workloads;

/// <summary>Runs nft. Needs the right to administer the network: root, or the host helper.</summary>
public sealed class NftCommand(TimeProvider time)
{
    private const int MaxErrorText = 4_096;

    // The tallies of the largest pool of subnets are under 2 MB.
    private const int MaxOutput = 16 * 1024 * 1024;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>File of the network namespace that it works in; null for this process's own.</summary>
    internal string? Namespace { get; init; }

    /// <summary>Loads a script in one atomic step.</summary>
    /// <exception cref="NetworkGuardException">nft refused, is missing, or took longer than 10 s.</exception>
    public async Task ApplyAsync(string script, CancellationToken ct)
    {
        var (exitCode, output) = await RunAsync(["-f", "-"], script, ct);
        if (exitCode != 0) throw new NetworkGuardException($"nft refused the firewall rules: {output}");
    }

    /// <summary>Our table's rules and handles, without what counts or is counted; null when there is no such table.</summary>
    /// <exception cref="NetworkGuardException">nft is missing or took longer than 10 s.</exception>
    internal Task<string?> ListTableAsync(CancellationToken ct) => ListAsync(["-s", "-t", "-a", "list", "table", "inet", NetworkGuardRules.Table], ct);

    /// <summary>A set of our table with all its elements, as JSON; null when there is no such set.</summary>
    /// <exception cref="NetworkGuardException">nft is missing or took longer than 10 s.</exception>
    internal Task<string?> ListSetAsync(string set, CancellationToken ct) => ListAsync(["-j", "list", "set", "inet", NetworkGuardRules.Table, set], ct);

    private async Task<string?> ListAsync(string[] arguments, CancellationToken ct)
    {
        var (exitCode, output) = await RunAsync(arguments, input: "", ct);
        return exitCode == 0 ? output : null;
    }

    private async Task<(int ExitCode, string Output)> RunAsync(string[] arguments, string input, CancellationToken ct)
    {
        var program = Namespace is null ? "nft" : "nsenter";
        if (Namespace is not null) arguments = ["--net=" + Namespace, "--", "nft", .. arguments];
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        using var process = new Process { StartInfo = new(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true } };
        try
        {
            process.Start();
        }
        catch (Win32Exception error)
        {
            throw new NetworkGuardException($"the program {program} is missing: install the package {(program == "nft" ? "nftables" : "util-linux")}", error);
        }

        try
        {
            var output = ReadAsync(process.StandardOutput, MaxOutput, either.Token);
            var errors = ReadAsync(process.StandardError, MaxErrorText, either.Token);
            await WriteAsync(process, input, either.Token);
            await process.WaitForExitAsync(either.Token);
            return process.ExitCode == 0 ? (0, await output) : (process.ExitCode, (await errors).Trim());
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new NetworkGuardException($"{program} did not finish within {Deadline.TotalSeconds:0} s");
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
    private static async Task<string> ReadAsync(StreamReader reader, int most, CancellationToken ct)
    {
        var text = new System.Text.StringBuilder();
        var part = new char[16 * 1024];
        while (await reader.ReadAsync(part, ct) is var read and > 0)
        {
            if (text.Length < most) text.Append(part, 0, Math.Min(read, most - text.Length));
        }

        return text.ToString();
    }
}
