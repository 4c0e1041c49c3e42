using System.CommandLine;
using System.Globalization;
using System.Text;
using ProviderAgent.Bidding;
using ProviderAgent.Hosting;

namespace ProviderAgent.Cli.Verbs.Pricing;

/// <summary><c>price-import FILE</c>: turns the settings of the common price script into a configuration that gives the same prices.</summary>
internal sealed class ImportPricesVerb : IVerb
{
    public Command Create(CliContext context)
    {
        var file = new Argument<string>("file") { Description = "Environment file or values file of the price script" };
        var verb = new Command("price-import", "Turn the settings of the common price script into our configuration; prints it") { file };
        verb.SetAction(parsed =>
        {
            var name = parsed.GetValue(file) ?? "";
            ImportedPrices imported;
            try
            {
                imported = ScriptSettings.Read(File.ReadAllText(name));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
            {
                throw new ExitException(ExitCode.Failed, $"{name}: {error.Message}", error);
            }

            context.Output.Write(Yaml(imported, name));
            return (int)ExitCode.Done;
        });
        return verb;
    }

    /// <summary>The section as text; read back, it is the same list.</summary>
    internal static string Yaml(ImportedPrices imported, string from)
    {
        var (rates, text) = (imported.Rates, new StringBuilder());
        text.Append(CultureInfo.InvariantCulture, $"# Taken over from {Path.GetFileName(from)}.\n");
        foreach (var note in imported.Notes) text.Append(CultureInfo.InvariantCulture, $"# {note}\n");
        text.Append("pricing:\n  policy: rates\n  floor:\n    mode: off  # as the script, which looks at no costs; 'raise' is safer\n  rates:\n");
        text.Append(CultureInfo.InvariantCulture, $"    cpu: {rates.Cpu}\n    memory: {rates.Memory}\n    storage:\n");
        foreach (var (name, price) in rates.Storage) text.Append(CultureInfo.InvariantCulture, $"      {name}: {price}\n");
        if (rates.OtherStorage is { } other) text.Append(CultureInfo.InvariantCulture, $"    other_storage: {other}\n");
        text.Append(CultureInfo.InvariantCulture, $"    endpoint: {rates.Endpoint}\n    ip: {rates.Ip}\n");
        text.Append(rates.Gpu.Count == 0 ? "    gpu: {}\n" : "    gpu:\n");
        foreach (var (key, price) in rates.Gpu) text.Append(CultureInfo.InvariantCulture, $"      \"{key}\": {price}\n");
        if (rates.OtherGpu is { } gpu) text.Append(CultureInfo.InvariantCulture, $"    other_gpu: {gpu}\n");
        if (imported.Whitelist is { } url) text.Append(CultureInfo.InvariantCulture, $"bidding:\n  lists:\n    - {{name: whitelist, effect: allow, subject: owner, url: \"{url.OriginalString.Replace("\"", "%22", StringComparison.Ordinal)}\"}}\n");
        return text.ToString();
    }
}
