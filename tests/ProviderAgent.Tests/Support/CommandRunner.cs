using System.Diagnostics;
using ProviderAgent.Cli;
using ProviderAgent.Hosting;

namespace ProviderAgent.ProviderAgent.Tests.Support;

/// <summary>What a command line call left behind.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Errors">Standard error.</param>
internal sealed record CliResult(ExitCode Code, string Output, string Errors);

/// <summary>Calls the command line.</summary>
internal static class CommandRunner
{
    /// <summary>In this process, with the verbs given.</summary>
    public static async Task<CliResult> RunAsync(IEnumerable<IVerb> verbs, params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await new CommandLine(new CliContext(output, errors), verbs).RunAsync(arguments);
        return new((ExitCode)code, output.ToString(), errors.ToString());
    }

    /// <summary>The program itself, as a process of its own.</summary>
    public static async Task<CliResult> RunProgramAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "provider-agent.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return new((ExitCode)process.ExitCode, await output, await errors);
    }
}
