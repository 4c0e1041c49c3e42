using System.Diagnostics;
using System.Text;
using System.Text.Json;
using ProviderAgent.Chain.Keys;
using ProviderAgent.Chain.Keys.Remote;
using ProviderAgent.Cli.Verbs;
using ProviderAgent.Hosting;
using ProviderAgent.ProviderAgent.Tests.Support;

namespace ProviderAgent.ProviderAgent.Tests.Cli;

public sealed class KeysVerbTests : IDisposable
{
    private const string Words = "legal winner thank year wave sausage worth useful legal winner thank yellow\n";

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

    [Theory]
    [InlineData("", "akash1avgyh77ycn997ja45q5q8ss8y9mr424jdp05vm")]
    [InlineData("--index 2147483647", "akash16cfylkj53nd2nrdd5g5zlqy3t7muqm4er4w8vw")]
    public async Task Import_Words_IsTheKeyAtThePathThatIsAskedFor(string options, string address)
    {
        string[] extra = options.Length > 0 ? options.Split(' ') : [];

        var result = await ImportAsync(Words, ["import", File, .. extra]);

        Assert.Equal((ExitCode.Done, address + "\n"), (result.Code, result.Output));
        Assert.Equal(extra.Length > 0, result.Errors.Contains("chain.key.index", StringComparison.Ordinal));
        Assert.Equal(result.Output, (await RunAsync(["show", File, .. extra])).Output);
    }

    [Fact]
    public async Task Import_PassphraseAndPassword_AreUsedAndNamedForTheConfiguration()
    {
        var (passphrase, password) = (Secret("passphrase", "TREZOR"), Secret("password", "correct horse"));

        var result = await ImportAsync(Words, "import", File, "--passphrase-file", passphrase, "--password-file", password);

        Assert.Equal((ExitCode.Done, "akash1rhwu8jzk0fsccnqtg3prpw7mk32k624hjl5ucd\n"), (result.Code, result.Output));
        Assert.Contains($"chain.key.passphrase_file: {passphrase}", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("winner", await System.IO.File.ReadAllTextAsync(File), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Keys, (await RunAsync("show", File)).Code);
        Assert.Equal(result.Output, (await RunAsync("show", File, "--passphrase-file", passphrase, "--password-file", password)).Output);
    }

    [Fact]
    public async Task Import_FromAnotherFile_EncryptsIt()
    {
        var created = await RunAsync("create", File, "--words", "12");
        var (target, password) = (_folder.File("new.key"), Secret("password", "correct horse"));

        var result = await RunAsync("import", target, "--from", File, "--password-file", password);

        Assert.Equal((ExitCode.Done, created.Output), (result.Code, result.Output));
        Assert.Equal(created.Output, (await RunAsync("show", target, "--password-file", password)).Output);
    }

    [Fact]
    public async Task Import_NotAKey_IsRefusedAndWritesNothing()
    {
        var result = await ImportAsync("not a key at all", "import", File);

        Assert.Equal(ExitCode.Keys, result.Code);
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public async Task Serve_AsAProcess_SignsAndStopsWhenTold()
    {
        var created = await RunAsync("create", File);
        var socket = _folder.File("signer.sock");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "provider-agent.dll"), "keys", "serve", "--socket", socket, "--file", File]) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        try
        {
            await Eventually.BecomesTrueAsync("the socket", () => System.IO.File.Exists(socket));
            SocketSigner? signer = null;
            await Eventually.BecomesTrueAsync("the signer", async () =>
            {
                try
                {
                    signer = await SocketSigner.ConnectAsync(socket, TimeProvider.System, CancellationToken.None);
                }
                catch (KeyException e) when (e.IsTransient)
                {
                    // bound, but not listening yet
                }

                return signer is not null;
            });

            Assert.Equal(created.Output.Trim(), signer!.Address.Value);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, System.IO.File.GetUnixFileMode(socket));
            var refused = await Assert.ThrowsAsync<KeyException>(async () => await signer.SignAsync("pay me"u8.ToArray(), CancellationToken.None));
            Assert.Contains("no transaction", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("serve", "--file", "a", "--credential", "b")]
    [InlineData("serve", "--file", "a", "--max-fee", "much")]
    public async Task Serve_WrongOptions_IsAUsageError(params string[] arguments) => Assert.Equal(ExitCode.Usage, (await RunAsync(arguments)).Code);

    private string Secret(string name, string content)
    {
        var path = _folder.File(name);
        System.IO.File.WriteAllText(path, content + "\n");
        System.IO.File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    private static Task<CliResult> ImportAsync(string input, params string[] arguments) =>
        CommandRunner.RunAsync([new KeysVerb(() => new MemoryStream(Encoding.ASCII.GetBytes(input)))], ["keys", .. arguments]);

    private static Task<CliResult> RunAsync(params string[] arguments) => CommandRunner.RunAsync([new KeysVerb()], ["keys", .. arguments]);
}
