using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ProviderAgent.Config;

namespace ProviderAgent.Cli;

/// <summary>What every verb is given: the common options of the command line, and where to write.</summary>
internal sealed class CliContext(TextWriter output, TextWriter errors)
{
    /// <summary>Where the configuration is when nothing else is said.</summary>
    public const string DefaultConfig = "/etc/provider-agent/config.yaml";

    public Option<string?> ConfigOption { get; } = new("--config", "-c")
    {
        Description = $"Configuration file (default {DefaultConfig}, or the variable PROVIDER_AGENT_CONFIG)",
        HelpName = "FILE",
        Recursive = true,
    };

    public Option<string[]> SetOption { get; } = new("--set")
    {
        Description = "Override one option, for example --set bidding.timeout=3m; may be repeated",
        HelpName = "KEY=VALUE",
        Recursive = true,
        DefaultValueFactory = _ => [],
    };

    public Option<bool> JsonOption { get; } = new("--json")
    {
        Description = "Print one JSON document instead of text",
        Recursive = true,
    };

    public TextWriter Output { get; } = output;

    public TextWriter Errors { get; } = errors;

    /// <summary>Where the configuration of this call comes from.</summary>
    public ConfigSources Sources(ParseResult parsed)
    {
        var file = parsed.GetValue(ConfigOption) ?? Environment.GetEnvironmentVariable("PROVIDER_AGENT_CONFIG") ?? DefaultConfig;
        return new(file, Environment.GetEnvironmentVariables(), parsed.GetValue(SetOption) ?? []);
    }

    /// <summary>Prints the document as JSON when asked for, else as text.</summary>
    public void Print<T>(ParseResult parsed, T document, JsonTypeInfo<T> type, Action<TextWriter, T> text)
    {
        if (parsed.GetValue(JsonOption)) Output.WriteLine(JsonSerializer.Serialize(document, type));
        else text(Output, document);
    }
}
