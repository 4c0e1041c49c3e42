using System.CommandLine;
using System.Text.Json.Serialization;
using ProviderAgent.Config;
using ProviderAgent.Hosting;

namespace ProviderAgent.Cli.Verbs;

/// <summary><c>config check</c> and <c>config show</c>.</summary>
internal sealed class ConfigVerb(ConfigLoader loader) : IVerb
{
    public Command Create(CliContext context)
    {
        var check = new Command("check", "Read the configuration and report every mistake in it");
        check.SetAction(parsed => Check(context, parsed));
        var show = new Command("show", "Print the configuration in force, defaults included");
        show.SetAction(parsed => Show(context, parsed));
        return new("config", "Check and show the configuration") { check, show };
    }

    private int Check(CliContext context, ParseResult parsed)
    {
        var sources = context.Sources(parsed);
        IReadOnlyList<ConfigProblem> problems = [];
        try
        {
            loader.Load(sources);
        }
        catch (ConfigException error)
        {
            problems = error.Problems;
        }

        var report = new ConfigReport(1, sources.File, problems.Count == 0, problems);
        context.Print(parsed, report, CliJson.Default.ConfigReport, (output, _) =>
        {
            if (problems.Count == 0) output.WriteLine($"{sources.File}: ok");
            foreach (var problem in problems) context.Errors.WriteLine($"error: {problem}");
        });
        return (int)(problems.Count == 0 ? ExitCode.Done : ExitCode.Configuration);
    }

    private int Show(CliContext context, ParseResult parsed)
    {
        var options = loader.Load(context.Sources(parsed));
        var values = EffectiveConfig.Values(options);
        context.Print(parsed, new EffectiveReport(1, values), CliJson.Default.EffectiveReport, (output, _) =>
        {
            foreach (var (key, value) in values) output.WriteLine($"{key}: {value}");
        });
        return (int)ExitCode.Done;
    }
}

/// <param name="Schema">Version of this document.</param>
/// <param name="File">The file that was read.</param>
/// <param name="Ok">True when it can be used.</param>
/// <param name="Problems">Every mistake.</param>
internal sealed record ConfigReport(int Schema, string? File, bool Ok, IReadOnlyList<ConfigProblem> Problems);

/// <param name="Schema">Version of this document.</param>
/// <param name="Options">Each option by its dotted key.</param>
internal sealed record EffectiveReport(int Schema, IReadOnlyDictionary<string, string> Options);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(ConfigReport))]
[JsonSerializable(typeof(EffectiveReport))]
internal sealed partial class CliJson : JsonSerializerContext;
