using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ProviderAgent.Hosting;
using ProviderAgent.ProviderAgent.Tests.Support;

namespace ProviderAgent.ProviderAgent.Tests.Cli;

/// <summary>The program as it is installed: its verbs, their help, its exit codes.</summary>
public sealed partial class ProgramTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Help_OfEveryVerb_DescribesItAndItsOptions()
    {
        var root = await CommandRunner.RunProgramAsync("--help");
        Assert.Equal(ExitCode.Done, root.Code);
        var verbs = Verbs(root.Output);
        Assert.Superset(new HashSet<string> { "run", "status", "leases", "bids", "earnings", "why", "withdraw", "register", "cert", "keys", "config", "host-helper", "version" }, verbs.Keys.ToHashSet());
        Assert.All(verbs, verb => Assert.True(verb.Value.Length > 10, $"{verb.Key} has no description"));

        foreach (var verb in verbs.Keys)
        {
            var help = await CommandRunner.RunProgramAsync(verb, "--help");
            Assert.Equal((ExitCode.Done, ""), (help.Code, help.Errors));
            Assert.Contains(verbs[verb], Regex.Replace(help.Output, @"\s+", " "), StringComparison.Ordinal);
            foreach (var option in new[] { "--config", "--json", "--set" }) Assert.Contains(option, help.Output, StringComparison.Ordinal);
            Assert.All(Verbs(help.Output), nested => Assert.True(nested.Value.Length > 10, $"{verb} {nested.Key} has no description"));
        }
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("status --frobnicate")]
    [InlineData("why")]
    [InlineData("keys create")]
    [InlineData("")]
    public async Task CommandLine_ThatMakesNoSense_IsUsageAndNamesTheHelp(string arguments)
    {
        var result = await CommandRunner.RunProgramAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(ExitCode.Usage, result.Code);
        Assert.StartsWith("error: ", result.Errors, StringComparison.Ordinal);
        Assert.Contains("--help", result.Errors, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task Version_Json_IsOneDocument()
    {
        var result = await CommandRunner.RunProgramAsync("version", "--json");

        using var document = JsonDocument.Parse(result.Output);
        Assert.Equal(ExitCode.Done, result.Code);
        Assert.Equal(1, document.RootElement.GetProperty("schema").GetInt32());
        Assert.Matches(@"^\d+\.\d+\.\d+", document.RootElement.GetProperty("version").GetString());
        Assert.Equal(Environment.Version.ToString(), document.RootElement.GetProperty("runtime").GetString());
        Assert.NotNull(document.RootElement.GetProperty("commit").GetString());
    }

    [Fact]
    public async Task Run_KeyMissing_EndsWithTheCodeForKeys()
    {
        var result = await CommandRunner.RunProgramAsync("run", "--config", Config(), "--set", "chain.key.file=" + _folder.File("absent.key"));

        Assert.Equal(ExitCode.Keys, result.Code);
        Assert.Contains("absent.key", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ConfigurationMissing_EndsWithTheCodeForConfiguration()
    {
        var result = await CommandRunner.RunProgramAsync("run", "--config", _folder.File("absent.yaml"));

        Assert.Equal(ExitCode.Configuration, result.Code);
        Assert.Contains("there is no such file", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_FirstStartWithoutAChain_EndsWithTheCodeForTheChain()
    {
        var config = Config();
        Assert.Equal(ExitCode.Done, (await CommandRunner.RunProgramAsync("keys", "create", _folder.File("signing.key"))).Code);

        var result = await CommandRunner.RunProgramAsync("run", "--config", config);

        Assert.Equal(ExitCode.Chain, result.Code);
        Assert.Contains("Check chain.endpoints", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_NoDaemon_SaysHowToStartIt()
    {
        var result = await CommandRunner.RunProgramAsync("status", "--config", Config());

        Assert.Equal(ExitCode.Failed, result.Code);
        Assert.Contains("systemctl start provider-agent", result.Errors, StringComparison.Ordinal);
    }

    private string Config()
    {
        var path = _folder.File("config.yaml");
        File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $"""
            chain:
              endpoints: [rpc: "http://127.0.0.1:{FreePort.Next()}"]
              key: {"{"}file: {_folder.File("signing.key")}{"}"}
            provider: {"{"}host_uri: "https://provider.example.com:8443"{"}"}
            operator: {"{"}listen: "127.0.0.1:{FreePort.Next()}"{"}"}
            state: {"{"}directory: {_folder.File("state")}{"}"}
            """));
        return path;
    }

    private static Dictionary<string, string> Verbs(string help)
    {
        var at = help.IndexOf("Commands:", StringComparison.Ordinal);
        if (at < 0) return [];
        // A long description goes on in the next line, further in.
        var text = Regex.Replace(help[at..], @"\n {10,}(?=\S)", " ");
        return Verb().Matches(text).ToDictionary(match => match.Groups[1].Value, match => Regex.Replace(match.Groups[2].Value.Trim(), @"\s+", " "));
    }

    [GeneratedRegex(@"^  ([a-z-]+)(?: <[^>]*>)*(.*)$", RegexOptions.Multiline)]
    private static partial Regex Verb();
}
