using System.Collections;
using Microsoft.Extensions.Options;

namespace ProviderAgent.Config;

/// <summary>Where the configuration comes from. Later ones win: file, environment, flags.</summary>
/// <param name="File">Path of the YAML file; null reads none.</param>
/// <param name="Environment">All variables of the process; those starting with <c>PROVIDER_AGENT_</c> count.</param>
/// <param name="Flags">Assignments <c>bidding.timeout=3m</c> of the command line.</param>
public sealed record ConfigSources(string? File, IDictionary Environment, IReadOnlyList<string> Flags);

/// <summary>Reads, merges, binds and checks the configuration, and reports every mistake at once.</summary>
/// <param name="validators">The rooms' own checks, one or more for each section.</param>
internal sealed class ConfigLoader(IEnumerable<SectionValidator> validators)
{
    private const string Prefix = "PROVIDER_AGENT_";

    // Not options: read by the command line or by the service manager.
    private static readonly string[] OtherVariables = ["PROVIDER_AGENT_CONFIG"];

    /// <exception cref="ConfigException">Any mistake; it carries all of them.</exception>
    public AgentOptions Load(ConfigSources sources) => Load(sources, _ => true);

    /// <summary>As <see cref="Load(ConfigSources)"/>, for a use of some sections only.</summary>
    /// <param name="sources">Where the configuration comes from.</param>
    /// <param name="sections">The sections that must be right; mistakes in others are passed over.</param>
    /// <exception cref="ConfigException">Any mistake that matters.</exception>
    public AgentOptions Load(ConfigSources sources, params string[] sections) => Load(
        sources, problem => problem.Key.Length == 0 || sections.Any(section => problem.Key == section || problem.Key.StartsWith(section + ".", StringComparison.Ordinal)));

    private AgentOptions Load(ConfigSources sources, Func<ConfigProblem, bool> matters)
    {
        var problems = new List<ConfigProblem>();
        var tree = ReadFile(sources.File, problems);
        tree = AddEnvironment(tree, sources.Environment, problems);
        tree = AddFlags(tree, sources.Flags, problems);

        var options = new AgentOptions();
        new OptionsBinder(OptionTypes.Agent, problems).Bind(tree, options, "");
        // A value that could not be read already has its message; the checks would only repeat it about the default.
        var reported = problems.Select(problem => problem.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var validator in validators)
        {
            foreach (var failure in validator.Validate(options).Where(failure => !reported.Contains(failure.Key)))
                problems.Add(new(Place(tree, failure.Key, sources.File), failure.Key, failure.Message));
        }

        ConfigProblem[] mistakes = [.. problems.Where(matters)];
        return mistakes.Length == 0 ? options : throw new ConfigException(mistakes);
    }

    private static ConfigNode.Map ReadFile(string? path, List<ConfigProblem> problems)
    {
        if (path is null) return new("defaults", []);
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException([new(path, "", error is FileNotFoundException or DirectoryNotFoundException
                ? "there is no such file; give --config FILE, or copy config.example.yaml there"
                : $"cannot be read: {error.Message}")]);
        }

        switch (YamlText.Read(text, path, problems))
        {
            case ConfigNode.Map map:
                return map;
            case null or ConfigNode.Scalar { IsNull: true }:
                return new(path, []);
            default:
                problems.Add(new(path, "", "must hold sections such as 'chain:', not a list or a single value"));
                return new(path, []);
        }
    }

    private static ConfigNode.Map AddEnvironment(ConfigNode.Map tree, IDictionary environment, List<ConfigProblem> problems)
    {
        var known = OptionNames.Leaves(typeof(AgentOptions)).ToDictionary(leaf => OptionNames.EnvironmentVariable(leaf.Path), leaf => leaf.Path);
        foreach (DictionaryEntry variable in environment)
        {
            if (variable.Key is not string name || variable.Value is not string text || !name.StartsWith(Prefix, StringComparison.Ordinal) || OtherVariables.Contains(name)) continue;
            if (!known.TryGetValue(name, out var path))
            {
                problems.Add(new($"environment {name}", "", "names no option"));
                continue;
            }

            tree = Assign(tree, path, text, $"environment {name}", problems);
        }

        return tree;
    }

    private static ConfigNode.Map AddFlags(ConfigNode.Map tree, IReadOnlyList<string> flags, List<ConfigProblem> problems)
    {
        foreach (var flag in flags)
        {
            var equals = flag.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) problems.Add(new($"flag --set {flag}", "", "must be KEY=VALUE, such as bidding.timeout=3m"));
            else tree = Assign(tree, flag[..equals], flag[(equals + 1)..], "flag --set", problems);
        }

        return tree;
    }

    /// <summary>A value from outside the file is read as YAML too, so lists and tables can be given: <c>[a, b]</c>, <c>{a: 1}</c>.</summary>
    private static ConfigNode.Map Assign(ConfigNode.Map tree, string path, string text, string source, List<ConfigProblem> problems)
    {
        var node = text.StartsWith('[') || text.StartsWith('{')
            ? YamlText.Read(text, source, problems)
            : new ConfigNode.Scalar(source, text, IsNull: false);
        return node is null ? tree : tree.With(path.Split('.'), node);
    }

    private static string Place(ConfigNode.Map tree, string key, string? file)
    {
        ConfigNode node = tree;
        foreach (var part in key.Split('.', '['))
        {
            if (node is not ConfigNode.Map map || map.Find(part) is not { } child) break;
            node = child;
        }

        return ReferenceEquals(node, tree) ? file ?? "defaults" : node.Source;
    }
}

/// <summary>Runs a room's check on its section.</summary>
internal abstract class SectionValidator
{
    public abstract IEnumerable<(string Key, string Message)> Validate(AgentOptions options);
}

/// <inheritdoc/>
internal sealed class SectionValidator<T>(Func<AgentOptions, T> section, IEnumerable<IValidateOptions<T>> checks) : SectionValidator
    where T : class
{
    public override IEnumerable<(string Key, string Message)> Validate(AgentOptions options)
    {
        foreach (var failure in checks.Select(check => check.Validate(null, section(options))).Where(result => result.Failed).SelectMany(result => result.Failures ?? []))
            yield return Split(failure);
    }

    // The options library writes a failure as "Property KEY: message".
    private static (string Key, string Message) Split(string failure)
    {
        const string lead = "Property ";
        var colon = failure.IndexOf(": ", StringComparison.Ordinal);
        return failure.StartsWith(lead, StringComparison.Ordinal) && colon > 0 ? (failure[lead.Length..colon], failure[(colon + 2)..]) : ("", failure);
    }
}
