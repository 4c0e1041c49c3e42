using System.ComponentModel;

namespace ProviderAgent.Workloads;

/// <summary>Runs nft. Needs the right to administer the network: root, or the host helper.</summary>
public sealed class NftCommand(TimeProvider time)
{
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
        try
        {
            var ended = await ChildProgram.RunAsync(new(program, arguments), input, MaxOutput, Deadline, time, ct);
            return ended.ExitCode == 0 ? (0, ended.Output) : (ended.ExitCode, ended.Errors);
        }
        catch (Win32Exception error)
        {
            throw new NetworkGuardException($"the program {program} is missing: install the package {(program == "nft" ? "nftables" : "util-linux")}", error);
        }
        catch (TimeoutException error)
        {
            throw new NetworkGuardException(error.Message, error);
        }
    }
}
