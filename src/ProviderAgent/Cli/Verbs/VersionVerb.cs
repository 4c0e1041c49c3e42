using System.CommandLine;
using System.Reflection;
using System.Text.Json.Serialization;
using ProviderAgent.Hosting;

namespace ProviderAgent.Cli.Verbs;

/// <summary><c>version</c>.</summary>
internal sealed class VersionVerb : IVerb
{
    /// <summary>This build.</summary>
    public static VersionReport Current
    {
        get
        {
            // "0.1.0+<commit>" when built from a git checkout.
            var text = typeof(VersionVerb).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
            var plus = text.IndexOf('+', StringComparison.Ordinal);
            return new(1, plus < 0 ? text : text[..plus], plus < 0 ? "" : text[(plus + 1)..], Environment.Version.ToString());
        }
    }

    public Command Create(CliContext context)
    {
        var verb = new Command("version", "Print the version, the commit and the runtime");
        verb.SetAction(parsed =>
        {
            context.Print(parsed, Current, VersionJson.Default.VersionReport, (output, version) =>
                output.WriteLine($"provider-agent {version.Version}{(version.Commit.Length > 0 ? $" ({version.Commit[..Math.Min(12, version.Commit.Length)]})" : "")}, .NET {version.Runtime}"));
            return (int)ExitCode.Done;
        });
        return verb;
    }
}

/// <param name="Schema">Version of this document.</param>
/// <param name="Version">Version of the daemon.</param>
/// <param name="Commit">Commit that it was built from; empty when unknown.</param>
/// <param name="Runtime">Version of the .NET runtime.</param>
internal sealed record VersionReport(int Schema, string Version, string Commit, string Runtime);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(VersionReport))]
internal sealed partial class VersionJson : JsonSerializerContext;
