using System.Text.Json;
using ProviderAgent.Cli.Verbs;
using ProviderAgent.Config;
using ProviderAgent.Hosting;
using ProviderAgent.ProviderAgent.Tests.Support;

namespace ProviderAgent.ProviderAgent.Tests.Cli;

public sealed class ConfigVerbTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string File => _folder.File("config.yaml");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Check_GoodFile_IsOk()
    {
        await WriteAsync("");

        var result = await RunAsync("check");

        Assert.Equal(new CliResult(ExitCode.Done, $"{File}: ok\n", ""), result);
    }

    [Fact]
    public async Task Check_SeveralMistakes_ReportsAllWithLineAndColumn()
    {
        await WriteAsync("bidding: {timeout: soon, max_open: -1}\nfrobnicate: 1\n");

        var result = await RunAsync("check");

        Assert.Equal((ExitCode.Configuration, ""), (result.Code, result.Output));
        var lines = result.Errors.TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.Matches("^error: .*config.yaml:[0-9]+:[0-9]+: ", line));
        Assert.Contains(lines, line => line.Contains(":4:20: bidding.timeout: ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains(": bidding.max_open: ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains(":5:1: frobnicate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_Json_IsOneDocumentWithTheMistakes()
    {
        await WriteAsync("frobnicate: 1\n");

        var result = await RunAsync("check", "--json");

        using var document = JsonDocument.Parse(result.Output);
        Assert.Equal(ExitCode.Configuration, result.Code);
        Assert.Equal(1, document.RootElement.GetProperty("schema").GetInt32());
        Assert.False(document.RootElement.GetProperty("ok").GetBoolean());
        Assert.Equal("frobnicate", Assert.Single(document.RootElement.GetProperty("problems").EnumerateArray()).GetProperty("key").GetString());
    }

    [Fact]
    public async Task Show_KeyFile_IsNamedAndNeverRead()
    {
        await WriteAsync("");
        await System.IO.File.WriteAllTextAsync(_folder.File("signing.key"), "sesame-open-7431");

        var result = await RunAsync("show");

        Assert.Equal(ExitCode.Done, result.Code);
        Assert.Contains($"chain.key.file: {_folder.File("signing.key")}\n", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", result.Output, StringComparison.Ordinal);
        Assert.Contains("bidding.timeout: 5m\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_AddressWithAPassword_IsRefusedWithoutRepeatingIt()
    {
        await WriteAsync("");

        var result = await RunAsync("show", "--set", "chain.endpoints=[{rpc: \"https://user:sesame@rpc.example.com\"}]");

        Assert.Equal(ExitCode.Configuration, result.Code);
        Assert.DoesNotContain("sesame", result.Errors + result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_Json_HasEveryOption()
    {
        await WriteAsync("");

        var result = await RunAsync("show", "--json");

        using var document = JsonDocument.Parse(result.Output);
        Assert.Equal(1, document.RootElement.GetProperty("schema").GetInt32());
        Assert.Equal(
            OptionNames.Leaves(typeof(AgentOptions)).Select(leaf => leaf.Path).Order(StringComparer.Ordinal),
            document.RootElement.GetProperty("options").EnumerateObject().Select(option => option.Name).Order(StringComparer.Ordinal));
    }

    private Task<CliResult> RunAsync(params string[] arguments) => CommandRunner.RunAsync([new ConfigVerb(ConfigLoaderFactory.Create())], ["config", .. arguments, "--config", File]);

    private Task WriteAsync(string more) => System.IO.File.WriteAllTextAsync(File, $$"""
        chain: {endpoints: [{rpc: "http://127.0.0.1:26657"}],
          key: {file: {{_folder.File("signing.key")}} } }
        provider: {host_uri: "https://provider.example.com:8443"}

        """ + more);
}
