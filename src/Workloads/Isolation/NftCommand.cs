using System.ComponentModel;
using System.Diagnostics;

namespace ProviderAgent.Workloads;

/// <summary>Runs nft. Needs the right to administer the network: root, or the host helper.</summary>
public sealed class NftCommand(TimeProvider time)
{
    private const string Missing = "the program nft is missing: install the package nftables";
    private const int MaxOutput = 4_096;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>Loads a script in one atomic step.</summary>
    /// <exception cref="NetworkGuardException">nft refused, is missing, or took longer than 10 s.</exception>
    public async Task ApplyAsync(string script, CancellationToken ct)
    {
        var (exitCode, output) = await RunAsync(["-f", "-"], script, ct);
        if (exitCode != 0) throw new NetworkGuardException($"nft refused the firewall rules: {output}");
    }

    /// <summary>Whether our table is loaded. Somebody who flushes the firewall takes it away.</summary>
    /// <exception cref="NetworkGuardException">nft is missing or took longer than 10 s.</exception>
    public async Task<bool> IsTableLoadedAsync(CancellationToken ct)
    {
        var (exitCode, _) = await RunAsync(["list", "set", "inet", NetworkGuardRules.Table, "blocked4"], input: "", ct);
        return exitCode == 0;
    }

    private async Task<(int ExitCode, string Output)> RunAsync(string[] arguments, string input, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        using var process = new Process { StartInfo = new("nft", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true } };
        try
        {
            process.Start();
        }
        catch (Win32Exception error)
        {
            throw new NetworkGuardException(Missing, error);
        }

        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), either.Token);
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(either.Token);
            var errors = process.StandardError.ReadToEndAsync(either.Token);
            await process.WaitForExitAsync(either.Token);
            var text = (await errors).Trim() is { Length: > 0 } said ? said : (await output).Trim();
            return (process.ExitCode, text.Length > MaxOutput ? text[..MaxOutput] : text);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new NetworkGuardException($"nft did not finish within {Deadline.TotalSeconds:0} s");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
