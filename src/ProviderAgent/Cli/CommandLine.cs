using System.CommandLine;
using System.CommandLine.Parsing;
using ProviderAgent.Config;
using ProviderAgent.Hosting;

namespace ProviderAgent.Cli;

/// <summary>The command line as a whole: verbs, common options, and how failures become messages and exit codes.</summary>
internal sealed class CommandLine(CliContext context, IEnumerable<IVerb> verbs)
{
    /// <summary>Runs one command to its end.</summary>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var root = new RootCommand("Rents out this host on the Akash Network.") { context.ConfigOption, context.SetOption, context.JsonOption };
        foreach (var verb in verbs) root.Subcommands.Add(verb.Create(context));
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            // A wrong verb also counts as a missing one; saying so twice helps nobody.
            foreach (var error in parsed.Errors.TakeLast(1)) await context.Errors.WriteLineAsync($"error: {error.Message}");
            await context.Errors.WriteLineAsync($"try: provider-agent {string.Concat(PathOf(parsed.CommandResult).Select(name => name + " "))}--help");
            return (int)ExitCode.Usage;
        }

        try
        {
            // Ctrl-C and SIGTERM cancel the token; a verb that then takes longer than this is ended.
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
                Output = context.Output,
                Error = context.Errors,
            });
        }
        catch (Exception error)
        {
            return (int)await ReportAsync(error);
        }
    }

    /// <summary>Names from the verb down to the one that was meant.</summary>
    private static IEnumerable<string> PathOf(SymbolResult? command)
    {
        if (command is not CommandResult { Command: not RootCommand } found) return [];
        return PathOf(found.Parent).Append(found.Command.Name);
    }

    private async Task<ExitCode> ReportAsync(Exception error)
    {
        if (error is ConfigException config)
        {
            foreach (var problem in config.Problems) await context.Errors.WriteLineAsync($"error: {problem}");
            return ExitCode.Configuration;
        }

        var (code, message) = FailureReport.Of(error);
        await context.Errors.WriteLineAsync($"error: {message}");
        return code;
    }
}

/// <summary>One verb of the command line.</summary>
internal interface IVerb
{
    Command Create(CliContext context);
}
