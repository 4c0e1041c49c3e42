using System.Text.Json;
using ProviderAgent.Cli.Verbs;
using ProviderAgent.Hosting;
using ProviderAgent.ProviderAgent.Tests.Support;

namespace ProviderAgent.ProviderAgent.Tests.Cli;

public sealed class KeysVerbTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string File => _folder.File("signing.key");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Create_NewFile_IsForItsOwnerOnlyAndTheWordsStayInIt()
    {
        var result = await RunAsync("create", File);

        Assert.Equal(ExitCode.Done, result.Code);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        var words = (await System.IO.File.ReadAllTextAsync(File)).Trim();
        Assert.Equal(24, words.Split(' ').Length);
        Assert.Matches("^akash1[a-z0-9]{38}\n$", result.Output);
        // Not even two of them in a row.
        foreach (var pair in words.Split(' ').Zip(words.Split(' ').Skip(1), (first, second) => $"{first} {second}"))
        {
            Assert.DoesNotContain(pair, result.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(pair, result.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Create_FileIsThere_IsRefusedAndLeftAsItIs()
    {
        await System.IO.File.WriteAllTextAsync(File, "precious");

        var result = await RunAsync("create", File);

        Assert.Equal(ExitCode.Keys, result.Code);
        Assert.Equal("precious", await System.IO.File.ReadAllTextAsync(File));
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task Show_CreatedFile_IsTheSameAddress()
    {
        var created = await RunAsync("create", File);

        var shown = await RunAsync("show", File, "--json");

        using var document = JsonDocument.Parse(shown.Output);
        Assert.Equal(created.Output.Trim(), document.RootElement.GetProperty("address").GetString());
        Assert.Equal((1, File), (document.RootElement.GetProperty("schema").GetInt32(), document.RootElement.GetProperty("file").GetString()));
        Assert.Empty(shown.Errors);
    }

    [Fact]
    public async Task Show_FileOpenToOthers_IsRefused()
    {
        await RunAsync("create", File);
        System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);

        var result = await RunAsync("show", File);

        Assert.Equal(ExitCode.Keys, result.Code);
        Assert.Contains("chmod", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_NoFile_SaysSo()
    {
        var result = await RunAsync("show", File);

        Assert.Equal(ExitCode.Keys, result.Code);
        Assert.StartsWith("error: ", result.Errors, StringComparison.Ordinal);
        Assert.Contains(File, result.Errors, StringComparison.Ordinal);
    }

    private static Task<CliResult> RunAsync(params string[] arguments) => CommandRunner.RunAsync([new KeysVerb()], ["keys", .. arguments]);
}
