using System.CommandLine;
using System.Text.Json.Serialization;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Hosting;

namespace ProviderAgent.Cli.Verbs;

/// <summary><c>keys create</c> and <c>keys show</c>.</summary>
internal sealed class KeysVerb : IVerb
{
    public Command Create(CliContext context)
    {
        var create = new Command("create", "Make a new key with 24 random words; never overwrites a file");
        var show = new Command("show", "Print the address of a key file");
        foreach (var (command, load) in new (Command, Func<string, ChainKey>)[] { (create, KeyFile.Create), (show, path => KeyFile.Load(path)) })
        {
            var file = new Argument<string>("file") { Description = "The key file; only its owner may read it" };
            command.Arguments.Add(file);
            command.SetAction(parsed =>
            {
                using var key = load(parsed.GetValue(file) ?? "");
                context.Print(parsed, new KeyReport(1, key.Address.Value, parsed.GetValue(file) ?? ""), KeyJson.Default.KeyReport, (output, report) => output.WriteLine(report.Address));
                if (command == create) context.Errors.WriteLine($"The words in {parsed.GetValue(file)} are the key: whoever has them has the money. Keep a copy off this machine.");
                return (int)ExitCode.Done;
            });
        }

        return new("keys", "Make and show signing keys") { create, show };
    }
}

/// <param name="Schema">Version of this document.</param>
/// <param name="Address">The account that the key belongs to.</param>
/// <param name="File">The file.</param>
internal sealed record KeyReport(int Schema, string Address, string File);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(KeyReport))]
internal sealed partial class KeyJson : JsonSerializerContext;
